import type { Cluster, Workload } from './cluster.js';
import { type Edge, edgesOf, type Told } from './edges-of.js';
import { numberIn } from './environment.js';
import { titleOf } from './manifest.js';
import { sum, type Sum } from './time-line.js';

/** Who is called gives up before the caller does: else the caller's answer is a time-out, and the work goes on unseen. */
export function chain(cluster: Cluster, own: readonly Told[], pageTimeoutMs: number): Sum[] {
  const slowest = new Map<Workload, { readonly name: string; readonly limit: number }>();
  for (const { workload, variables } of own) {
    for (const name of variables.keys()) {
      if (!name.endsWith('_TIMEOUT_MS')) continue;
      const limit = numberIn(variables, name);
      if (limit !== undefined && limit > (slowest.get(workload)?.limit ?? -1))
        slowest.set(workload, { name, limit });
    }
  }
  return [
    ...edgesOf(cluster).flatMap((edge) => call(edge, slowest)),
    ...exposed(cluster).flatMap((workload): Sum[] => {
      const limit = slowest.get(workload);
      if (!limit) return [];
      return [
        sum(
          workload,
          `page: ${titleOf(workload)} ${limit.name} ${limit.limit} ms < page ${pageTimeoutMs} ms`,
          limit.limit < pageTimeoutMs,
          'CAFE045',
          `${workload.podPath}.containers[].env[${limit.name}]`,
          {
            found: `${limit.limit} ms`,
            expected: `less than ${pageTimeoutMs} ms, when the page in the browser gives up: else the guest sees "no answer" instead of the reason`,
            likely: String(pageTimeoutMs - 500),
            change: `lower ${limit.name} below ${pageTimeoutMs}`,
          },
        ),
      ];
    }),
  ];
}

function call(
  edge: Edge,
  slowest: ReadonlyMap<Workload, { readonly name: string; readonly limit: number }>,
): Sum[] {
  const name = edge.address.variable.name.replace(/_URL$/, '_TIMEOUT_MS');
  const limit = numberIn(edge.variables, name);
  if (limit === undefined || edge.list !== 'containers') return [];
  return edge.targets.flatMap((target): Sum[] => {
    const own = slowest.get(target);
    if (!own) return [];
    return [
      sum(
        edge.workload,
        `calls: ${titleOf(target)} ${own.name} ${own.limit} ms < ${name} ${limit} ms`,
        own.limit < limit,
        'CAFE045',
        `${edge.workload.podPath}.containers[${edge.container.name}].env[${name}]`,
        {
          found: `${limit} ms`,
          expected: `more than ${own.limit} ms, which ${titleOf(target)} takes itself at most (${own.name}): who is called gives up before the caller, or the caller never hears the reason`,
          likely: String(own.limit + 500),
          change: `raise ${name} above ${own.limit}, or lower ${own.name} of ${titleOf(target)}`,
        },
      ),
    ];
  });
}

function exposed(cluster: Cluster): Workload[] {
  return [...cluster.services.values()].flatMap(({ namespace, typed: { spec } }) =>
    spec.selector && spec.type === 'LoadBalancer'
      ? [...cluster.pods.withLabels(namespace, spec.selector)]
      : [],
  );
}
