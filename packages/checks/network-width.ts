import type { Cluster, Workload } from './cluster.js';
import { connections, edgesOf } from './edges-of.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';
import { type Direction, matchesPort, type NetworkPolicies, type Rule } from './network-policy.js';
import type { Flow } from './network-closure.js';

/** Rules that allow what nobody declared, in the namespaces whose default is to deny. */
export function tooWide(cluster: Cluster, policies: NetworkPolicies, all: readonly Flow[]): Finding[] {
  const closed = new Map<Direction, Set<string>>([
    ['Ingress', defaultDenying(cluster, 'Ingress')],
    ['Egress', defaultDenying(cluster, 'Egress')],
  ]);
  const declared = new Set(all.map(({ edge, target, port }) => flowKey(edge.workload, target, port.number)));
  const open = outwardFacing(cluster);
  const lost = astray(cluster);
  const judged = new Set<string>();
  return cluster.workloads.flatMap((workload) =>
    (['Ingress', 'Egress'] as const).flatMap((direction) => {
      if (!closed.get(direction)?.has(workload.namespace)) return [];
      return policies.rules(workload, direction).flatMap((rule): Finding[] => {
        const key = `${titleOf(rule.policy)} ${direction} ${rule.index}`;
        if (judged.has(key)) return [];
        const reason = excess(policies, workload, direction, rule, declared, open, lost);
        if (reason === undefined) return [];
        judged.add(key);
        return [
          {
            id: 'CAFE063',
            severity: 'warning',
            object: titleOf(rule.policy),
            field: `spec.${direction.toLowerCase()}[${rule.index}]`,
            found: reason,
            expected:
              'no more than the connections that the manifests declare, because the namespace denies by default',
            change: 'narrow the rule to the peers and ports in use, or delete it',
          },
        ];
      });
    }),
  );
}

function excess(
  policies: NetworkPolicies,
  workload: Workload,
  direction: Direction,
  rule: Rule,
  declared: ReadonlySet<string>,
  open: ReadonlySet<Workload>,
  lost: ReadonlySet<Workload>,
): string | undefined {
  const peers = policies.peersOf(rule);
  if (peers === 'everybody') {
    if (direction === 'Ingress')
      return open.has(workload) ? undefined : `everybody may connect to ${titleOf(workload)}`;
    const onlyDns = rule.ports.length > 0 && rule.ports.every(({ port }) => port === 53);
    return onlyDns || rule.ports.some(({ port }) => port === 443)
      ? undefined
      : `${titleOf(workload)} may connect to everybody`;
  }
  for (const peer of peers) {
    if (peer.namespace !== workload.namespace || peer === workload) continue;
    const [from, to] = direction === 'Ingress' ? [peer, workload] : [workload, peer];
    if (lost.has(from)) continue;
    const extra = to.pod.containers
      .flatMap(({ ports }) => ports)
      .find(
        ({ containerPort, protocol, name }) =>
          matchesPort(rule, { number: containerPort, protocol, name }) &&
          !declared.has(flowKey(from, to, containerPort)),
      );
    if (extra)
      return `${titleOf(from)} may connect to ${titleOf(to)} port ${extra.containerPort}, and nothing tells it to`;
  }
  return undefined;
}

/** Namespaces where a policy without rules selects every pod. */
function defaultDenying(cluster: Cluster, direction: Direction): Set<string> {
  return new Set(
    cluster.policies.flatMap(({ namespace, typed: { spec } }) => {
      const everyPod =
        Object.keys(spec.podSelector.matchLabels).length === 0 &&
        spec.podSelector.matchExpressions.length === 0;
      const rules = direction === 'Ingress' ? spec.ingress : spec.egress;
      const applies = (spec.policyTypes ?? ['Ingress']).includes(direction);
      return everyPod && applies && rules.length === 0 ? [namespace] : [];
    }),
  );
}

/** Workloads that people outside reach: a load balancer's clients come from any address. */
function outwardFacing(cluster: Cluster): Set<Workload> {
  const fronted = new Set(
    cluster.ingresses.flatMap(({ namespace, typed }) =>
      typed.spec.rules.flatMap(({ http }) =>
        (http?.paths ?? []).map(({ backend }) => `${namespace}/${backend.service?.name ?? ''}`),
      ),
    ),
  );
  return new Set(
    [...cluster.services.values()].flatMap(({ namespace, name, typed: { spec } }) =>
      spec.selector &&
      (spec.type === 'LoadBalancer' || spec.type === 'NodePort' || fronted.has(`${namespace}/${name}`))
        ? cluster.pods.withLabels(namespace, spec.selector)
        : [],
    ),
  );
}

/** Workloads with a connection that arrives nowhere: that is a finding already, and its rule only seems to be unused. */
function astray(cluster: Cluster): Set<Workload> {
  const arriving = new Set(
    edgesOf(cluster).flatMap(({ targets, address }) => (targets.length > 0 ? [address] : [])),
  );
  return new Set(
    connections(cluster).flatMap(({ workload, resolution, address }) =>
      resolution.kind === 'foreign' || arriving.has(address) ? [] : [workload],
    ),
  );
}

const flowKey = (from: Workload, to: Workload, port: number): string =>
  `${titleOf(from)} ${titleOf(to)} ${port}`;
