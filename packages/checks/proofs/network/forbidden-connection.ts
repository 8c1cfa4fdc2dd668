import { selectorText } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import { matchesPort, type NetworkPolicies } from '../../model/network-policies.js';
import type { Problem, Proof } from '../proof.js';
import { type Flow, flows, policiesOf } from './flows.js';

/** The policies on both ends let each connection through. */
export const forbiddenConnection = {
  id: 'CAFE061',
  title: 'A NetworkPolicy forbids a declared connection',
  why: 'A policy drops packets without a word: the client hangs until its timeout, and looks for the mistake in the server.',
  problems: (cluster) => {
    if (cluster.policies.length === 0) return [];
    const policies = policiesOf(cluster);
    return flows(cluster).flatMap((flow) => [
      ...denied(policies, flow, 'Egress'),
      ...denied(policies, flow, 'Ingress'),
    ]);
  },
} as const satisfies Proof;

function denied(
  policies: NetworkPolicies,
  { edge, target, port }: Flow,
  direction: 'Egress' | 'Ingress',
): Problem[] {
  const [workload, remote, side] =
    direction === 'Egress' ? [edge.workload, target, 'to'] : [target, edge.workload, 'from'];
  if (policies.allows(workload, direction, remote, port)) return [];
  // The rule that is right but for its port says what was meant; 80 for 5000 is the Service's port, mostly.
  const otherPort = policies
    .rules(workload, direction)
    .find((rule) => rule.peers.length > 0 && policies.isAbout(rule, remote) && !matchesPort(rule, port));
  const ports = otherPort?.ports.map((each) => String(each.port ?? 'any'));
  const restricting = policies.restricting(workload, direction);
  const [policy] = restricting.filter(
    ({ typed }) => Object.keys(typed.spec.podSelector.matchLabels).length > 0,
  );
  const labels = selectorText({
    matchLabels: { ...(remote.selector?.matchLabels ?? remote.podLabels) },
    matchExpressions: [],
  });
  return [
    {
      object: titleOf(policy ?? restricting[0] ?? workload),
      field: `spec.${direction.toLowerCase()}${otherPort ? `[${otherPort.index}].ports` : ''}`,
      found: otherPort
        ? `port ${ports?.join(', ') ?? ''} ${side} ${titleOf(remote)}`
        : `no rule that allows ${titleOf(workload)} port ${port.number} ${side} ${titleOf(remote)}`,
      expected: `port ${port.number}, because ${titleOf(edge.workload)} connects to it (${edge.address.variable.name})${edge.servicePort.port === port.number ? '' : `; a policy sees the container's port, not the Service's ${edge.servicePort.port}`}`,
      likely: otherPort ? String(port.number) : undefined,
      change: otherPort
        ? `set that port to ${port.number}`
        : `add a rule: ${side} podSelector ${labels}, port ${port.number}`,
    },
  ];
}
