import { CLIENT_TIMEOUT } from '@cafe-lumiere/contract';
import { numberDeclared } from '../../model/annotations.js';
import type { Cluster, Workload } from '../../model/cluster.js';
import { configuredContainers } from '../../model/containers.js';
import { type Edge, edges } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { isNamed, numberAt, timeoutOf } from '../../model/variable-names.js';
import { type TimeLine, timeLine, timeProof } from './time-line.js';

/** The longest time that a workload takes itself, and the variable that says so. */
interface Limit {
  readonly name: string;
  readonly milliseconds: number;
}

/** Who is called gives up before the caller does: else the caller's answer is a time-out, and the work goes on unseen. */
export const deadlineChain = timeProof({
  id: 'CAFE045',
  severity: 'risk',
  title: 'A caller gives up before its callee',
  why: 'The caller reports an error for what the callee then completes. A click seems to have failed, is repeated, and is done twice.',
  lines: (cluster) => {
    const limits = slowest(cluster);
    return [
      ...edges(cluster).flatMap((edge) => call(edge, limits)),
      ...cluster.workloads.flatMap((workload) => client(workload, limits.get(workload))),
    ];
  },
});

function slowest(cluster: Cluster): ReadonlyMap<Workload, Limit> {
  const limits = new Map<Workload, Limit>();
  for (const { workload, list, variables } of configuredContainers(cluster)) {
    if (list !== 'containers') continue;
    for (const name of variables.keys()) {
      const milliseconds = isNamed(name, '*_TIMEOUT_MS') ? numberAt(variables, name) : undefined;
      if (milliseconds !== undefined && milliseconds > (limits.get(workload)?.milliseconds ?? -1)) {
        limits.set(workload, { name, milliseconds });
      }
    }
  }
  return limits;
}

function call(edge: Edge, limits: ReadonlyMap<Workload, Limit>): TimeLine[] {
  const { workload, list, container, variables } = edge;
  const name = timeoutOf(edge.address.variable.name);
  const timeout = numberAt(variables, name);
  if (name === undefined || timeout === undefined || list !== 'containers') return [];
  return edge.targets.flatMap((target): TimeLine[] => {
    const own = limits.get(target);
    if (!own) return [];
    const callee = titleOf(target);
    return [
      timeLine(
        workload,
        `calls: ${callee} ${own.name} ${own.milliseconds} ms < ${name} ${timeout} ms`,
        own.milliseconds < timeout,
        `${workload.podPath}.containers[${container.name}].env[${name}]`,
        {
          found: `${timeout} ms`,
          expected: `more than ${own.milliseconds} ms, which ${callee} takes itself at most (${own.name}): who is called gives up before the caller, or the caller never hears the reason`,
          likely: String(own.milliseconds + 500),
          change: `raise ${name} above ${own.milliseconds}, or lower ${own.name} of ${callee}`,
        },
      ),
    ];
  });
}

/** The first caller of all is in no manifest: a browser's page, an app. Somebody declares when it gives up. */
function client(workload: Workload, limit: Limit | undefined): TimeLine[] {
  const declared = workload.annotations[CLIENT_TIMEOUT];
  if (declared === undefined) return [];
  const timeout = numberDeclared(workload, CLIENT_TIMEOUT);
  if (timeout === undefined) {
    return [
      timeLine(workload, `client: ${declared}`, false, `metadata.annotations[${CLIENT_TIMEOUT}]`, {
        found: declared,
        expected: 'a whole number of milliseconds, after which the clients give up',
        change: `set ${CLIENT_TIMEOUT} to a number, such as "6000"`,
      }),
    ];
  }
  if (!limit) return [];
  const { name, milliseconds } = limit;
  return [
    timeLine(
      workload,
      `client: ${titleOf(workload)} ${name} ${milliseconds} ms < client ${timeout} ms`,
      milliseconds < timeout,
      `${workload.podPath}.containers[].env[${name}]`,
      {
        found: `${milliseconds} ms`,
        expected: `less than ${timeout} ms, when the clients give up (${CLIENT_TIMEOUT}): else they see "no answer" instead of the reason`,
        likely: String(timeout - 500),
        change: `lower ${name} below ${timeout}`,
      },
    ),
  ];
}
