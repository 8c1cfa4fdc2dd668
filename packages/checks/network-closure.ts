import type { Cluster, Workload } from './cluster.js';
import { type Edge, edgesOf, connections, targetPort } from './edges-of.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';
import { matchesPort, NetworkPolicies, type PodPort } from './network-policy.js';
import { tooWide } from './network-width.js';
import type { Check } from './options.js';
import { selectorText } from './pod-index.js';

const DNS: readonly PodPort[] = [
  { number: 53, protocol: 'UDP', name: 'dns' },
  { number: 53, protocol: 'TCP', name: 'dns-tcp' },
];

/** An edge with the port that its packets carry, behind the Service. */
export interface Flow {
  readonly edge: Edge;
  readonly target: Workload;
  readonly port: PodPort;
}

/** One line of the matrix. */
export interface MatrixLine {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly allowed: boolean;
}

/** Each edge and DNS is allowed on both ends; where all else is denied by default, nothing else is allowed again. */
export const networkClosure: Check = (cluster) => {
  if (cluster.policies.length === 0) return [];
  const policies = new NetworkPolicies(cluster);
  const all = flows(cluster);
  return [
    ...all.flatMap((flow) => denied(policies, flow)),
    ...deniedDns(cluster, policies),
    ...tooWide(cluster, policies, all),
  ];
};

/** Every edge with what the policies say about it, for `--explain`. What is not listed is denied by default. */
export function networkMatrix(cluster: Cluster): readonly MatrixLine[] {
  const policies = new NetworkPolicies(cluster);
  return flows(cluster).map(({ edge, target, port }) => ({
    from: titleOf(edge.workload),
    to: titleOf(target),
    port: port.number,
    allowed:
      policies.allows(edge.workload, 'Egress', target, port) &&
      policies.allows(target, 'Ingress', edge.workload, port),
  }));
}

function flows(cluster: Cluster): Flow[] {
  const seen = new Set<string>();
  return edgesOf(cluster).flatMap((edge) =>
    edge.targets.flatMap((target): Flow[] => {
      const found = targetPort(edge.servicePort, target);
      const { port, targetPort: wanted = port, protocol } = edge.servicePort;
      const number = found?.number ?? (typeof wanted === 'number' ? wanted : undefined);
      const key = `${titleOf(edge.workload)} ${titleOf(target)} ${number ?? ''}`;
      if (number === undefined || target === edge.workload || seen.has(key)) return [];
      seen.add(key);
      const name = found?.container.ports.find(({ containerPort }) => containerPort === number)?.name;
      return [{ edge, target, port: { number, protocol, name } }];
    }),
  );
}

function denied(policies: NetworkPolicies, { edge, target, port }: Flow): Finding[] {
  const sides = [
    { direction: 'Egress', workload: edge.workload, peer: target },
    { direction: 'Ingress', workload: target, peer: edge.workload },
  ] as const;
  return sides.flatMap(({ direction, workload, peer }): Finding[] => {
    if (policies.allows(workload, direction, peer, port)) return [];
    const rules = policies.rules(workload, direction);
    // The rule that is right but for its port says what was meant; 80 for 5000 is the Service's port, mostly.
    const otherPort = rules.find(
      (rule) => rule.peers.length > 0 && policies.matchesPeer(rule, peer) && !matchesPort(rule, port),
    );
    const ports = otherPort?.ports.map((each) => String(each.port ?? 'any'));
    const restricting = policies.restricting(workload, direction);
    const [policy] = restricting.filter(
      ({ typed }) => Object.keys(typed.spec.podSelector.matchLabels).length > 0,
    );
    const side = direction === 'Egress' ? 'to' : 'from';
    return [
      {
        id: 'CAFE061',
        severity: 'error',
        object: titleOf(policy ?? restricting[0] ?? workload),
        field: `spec.${direction.toLowerCase()}${otherPort ? `[${otherPort.index}].ports` : ''}`,
        found: otherPort
          ? `port ${ports?.join(', ') ?? ''} ${side} ${titleOf(peer)}`
          : `no rule that allows ${titleOf(workload)} port ${port.number} ${side} ${titleOf(peer)}`,
        expected: `port ${port.number}, because ${titleOf(edge.workload)} connects to it (${edge.address.variable.name})${edge.servicePort.port === port.number ? '' : `; a policy sees the container's port, not the Service's ${edge.servicePort.port}`}`,
        likely: otherPort ? String(port.number) : undefined,
        change: otherPort
          ? `set that port to ${port.number}`
          : `add a rule: ${side} podSelector ${selectorText({ matchLabels: { ...(peer.selector?.matchLabels ?? peer.podLabels) }, matchExpressions: [] })}, port ${port.number}`,
      },
    ];
  });
}

/** Who is told a name must be able to ask for its address. */
function deniedDns(cluster: Cluster, policies: NetworkPolicies): Finding[] {
  const askers = new Map<Workload, string>();
  for (const { workload, address } of connections(cluster)) {
    if (/[a-z]/i.test(address.host) && address.host !== 'localhost')
      askers.set(workload, address.variable.name);
  }
  return [...askers].flatMap(([workload, name]): Finding[] => {
    const rules = policies.rules(workload, 'Egress');
    const restricting = policies.restricting(workload, 'Egress');
    if (restricting.length === 0) return [];
    const missing = DNS.filter((port) => !rules.some((rule) => matchesPort(rule, port)));
    if (missing.length === 0) return [];
    return [
      {
        id: 'CAFE062',
        severity: 'error',
        object: titleOf(
          restricting.find(({ typed }) => typed.spec.egress.length > 0) ?? restricting[0] ?? workload,
        ),
        field: 'spec.egress',
        found: `no rule for port 53 over ${missing.map(({ protocol }) => protocol).join(' and ')}`,
        expected: `UDP and TCP port 53, because ${titleOf(workload)} is told a name (${name}); without DNS no name resolves`,
        change: 'add an egress rule with the ports 53 UDP and 53 TCP',
      },
    ];
  });
}
