import { reaches } from '../../connections/reaches.js';
import type { Cluster, Workload } from '../../model/cluster.js';
import { connections, edges } from '../../model/connections.js';
import { picksEveryPod } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import {
  type Direction,
  matchesPort,
  type NetworkPolicies,
  type Rule,
} from '../../model/network-policies.js';
import { once } from '../../model/once.js';
import type { Problem, Proof } from '../proof.js';
import { flows, policiesOf } from './flows.js';

const DIRECTIONS: readonly Direction[] = ['Ingress', 'Egress'];

/** In the namespaces whose default is to deny, no rule allows what nobody declared. */
export const undeclaredConnection = {
  id: 'CAFE063',
  severity: 'advice',
  title: 'A NetworkPolicy allows what nobody declared',
  why: 'In a namespace that denies by default, each rule is read as a decision. One that is wider than what the manifests need is the way of whoever takes over a pod.',
  problems: (cluster) => {
    const policies = policiesOf(cluster);
    const judged = new Set<string>();
    return DIRECTIONS.flatMap((direction) => {
      const closed = defaultDenying(cluster, direction);
      return cluster.workloads.flatMap((workload) => {
        if (!closed.has(workload.namespace)) return [];
        return policies.rules(workload, direction).flatMap((rule): Problem[] => {
          const key = `${titleOf(rule.policy)} ${direction} ${rule.index}`;
          if (judged.has(key)) return [];
          const found = excess(cluster, policies, workload, direction, rule);
          if (found === undefined) return [];
          judged.add(key);
          return [
            {
              object: titleOf(rule.policy),
              field: `spec.${direction.toLowerCase()}[${rule.index}]`,
              found,
              expected:
                'no more than the connections that the manifests declare, because the namespace denies by default',
              change: 'narrow the rule to the peers and ports in use, or delete it',
            },
          ];
        });
      });
    });
  },
} as const satisfies Proof;

/** What a rule allows these pods, and nobody declared. */
function excess(
  cluster: Cluster,
  policies: NetworkPolicies,
  workload: Workload,
  direction: Direction,
  rule: Rule,
): string | undefined {
  const remotes = policies.workloadsOf(rule);
  if (remotes === 'everybody') return excessOfEverybody(cluster, workload, direction, rule);
  const declared = declaredConnections(cluster);
  const unresolved = unresolvedWorkloads(cluster);
  for (const remote of remotes) {
    if (remote.namespace !== workload.namespace || remote === workload) continue;
    const [from, to] = direction === 'Ingress' ? [remote, workload] : [workload, remote];
    if (unresolved.has(from)) continue;
    const extra = to.pod.containers
      .flatMap(({ ports }) => ports)
      .find(
        ({ containerPort, protocol, name }) =>
          matchesPort(rule, { number: containerPort, protocol, name }) &&
          !declared.has(connectionKey(from, to, containerPort)),
      );
    if (extra) {
      return `${titleOf(from)} may connect to ${titleOf(to)} port ${extra.containerPort}, and nothing tells it to`;
    }
  }
  return undefined;
}

function excessOfEverybody(
  cluster: Cluster,
  workload: Workload,
  direction: Direction,
  { ports }: Rule,
): string | undefined {
  if (direction === 'Ingress') {
    return exposedWorkloads(cluster).has(workload)
      ? undefined
      : `everybody may connect to ${titleOf(workload)}`;
  }
  const onlyDns = ports.length > 0 && ports.every(({ port }) => port === 53);
  return onlyDns || ports.some(({ port }) => port === 443)
    ? undefined
    : `${titleOf(workload)} may connect to everybody`;
}

/** Namespaces where a policy without rules selects every pod. */
const defaultDenying = (cluster: Cluster, direction: Direction): ReadonlySet<string> =>
  new Set(
    cluster.policies.flatMap(({ namespace, typed: { spec } }) => {
      const rules = direction === 'Ingress' ? spec.ingress : spec.egress;
      const applies = (spec.policyTypes ?? ['Ingress']).includes(direction);
      return picksEveryPod(spec.podSelector) && applies && rules.length === 0 ? [namespace] : [];
    }),
  );

/** Workloads that people outside reach: they come from any address. */
const exposedWorkloads = once(
  (cluster): ReadonlySet<Workload> =>
    new Set(reaches(cluster).flatMap((reach) => (reach.kind === 'enters' ? [reach.to] : []))),
);

/** Workloads with a connection that does not resolve: that is a finding already, and its rule only seems to be unused. */
const unresolvedWorkloads = once((cluster): ReadonlySet<Workload> => {
  const arriving = new Set(
    edges(cluster).flatMap(({ targets, address }) => (targets.length > 0 ? [address] : [])),
  );
  return new Set(
    connections(cluster).flatMap(({ workload, resolution, address }) =>
      resolution.kind === 'foreign' || arriving.has(address) ? [] : [workload],
    ),
  );
});

const declaredConnections = once(
  (cluster): ReadonlySet<string> =>
    new Set(
      flows(cluster).map(({ edge, target, port }) => connectionKey(edge.workload, target, port.number)),
    ),
);

const connectionKey = (from: Workload, to: Workload, port: number): string =>
  `${titleOf(from)} ${titleOf(to)} ${port}`;
