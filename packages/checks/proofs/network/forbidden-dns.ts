import type { Workload } from '../../model/cluster.js';
import { connections } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { matchesPort, type PodPort } from '../../model/network-policies.js';
import type { Problem, Proof } from '../proof.js';
import { policiesOf } from './flows.js';

const DNS: readonly PodPort[] = [
  { number: 53, protocol: 'UDP', name: 'dns' },
  { number: 53, protocol: 'TCP', name: 'dns-tcp' },
];

/** Who is configured with a name may ask for its address. */
export const forbiddenDns = {
  id: 'CAFE062',
  title: 'A NetworkPolicy forbids DNS',
  why: 'A policy for egress without port 53 lets a pod connect by address alone. Every name fails, after seconds.',
  problems: (cluster) => {
    const named = new Map<Workload, string>();
    for (const { workload, address } of connections(cluster)) {
      if (/[a-z]/i.test(address.host) && address.host !== 'localhost') {
        named.set(workload, address.variable.name);
      }
    }
    const policies = policiesOf(cluster);
    return [...named].flatMap(([workload, variable]): Problem[] => {
      const restricting = policies.restricting(workload, 'Egress');
      if (restricting.length === 0) return [];
      const rules = policies.rules(workload, 'Egress');
      const missing = DNS.filter((port) => !rules.some((rule) => matchesPort(rule, port)));
      if (missing.length === 0) return [];
      return [
        {
          object: titleOf(
            restricting.find(({ typed }) => typed.spec.egress.length > 0) ?? restricting[0] ?? workload,
          ),
          field: 'spec.egress',
          found: `no rule for port 53 over ${missing.map(({ protocol }) => protocol).join(' and ')}`,
          expected: `UDP and TCP port 53, because ${titleOf(workload)} is configured with a name (${variable}); without DNS no name resolves`,
          change: 'add an egress rule with the ports 53 UDP and 53 TCP',
        },
      ];
    });
  },
} as const satisfies Proof;
