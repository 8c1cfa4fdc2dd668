import { POSTGRES_PORT, STATUS_PORT } from '../../model/cloudnative-pg.js';
import type { Cluster, Workload } from '../../model/cluster.js';
import { matches } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import { matchesPort, type NetworkPolicies, type PodPort, type Rule } from '../../model/network-policies.js';
import { policiesOf } from '../network/flows.js';
import type { Problem, Proof } from '../proof.js';
import { postgresClusters } from './objects.js';

const PORTS: readonly PodPort[] = [
  { number: STATUS_PORT, protocol: 'TCP', name: 'status' },
  { number: POSTGRES_PORT, protocol: 'TCP', name: 'postgresql' },
];
/** As managed clusters and kubeadm have it. */
const API_SERVER: readonly PodPort[] = [443, 6443].map((number) => ({ number, protocol: 'TCP' }));
const OPERATOR = { 'app.kubernetes.io/name': 'cloudnative-pg' };

/** What a Cluster cannot be without where somebody denies what is not allowed. */
export const instancePolicies = {
  id: 'CAFE126',
  title: 'A NetworkPolicy keeps the operator, the API server or the other instances from a PostgreSQL',
  why: 'The instances run on their own, and the operator believes that they are down: it fails over, or cannot, and no new standby joins.',
  problems: (cluster) =>
    postgresClusters(cluster).flatMap((postgres) => {
      const instances = cluster.workloads.find((workload) => titleOf(workload) === titleOf(postgres));
      return instances ? problems(cluster, instances) : [];
    }),
} as const satisfies Proof;

function problems(cluster: Cluster, instances: Workload): Problem[] {
  const policies = policiesOf(cluster);
  const ingress = policies.rules(instances, 'Ingress');
  const problem = (
    direction: 'Ingress' | 'Egress',
    who: string,
    ports: readonly number[],
    why: string,
  ): Problem => {
    const [policy] = policies.restricting(instances, direction);
    return {
      object: titleOf(policy ?? instances),
      field: `spec.${direction.toLowerCase()}`,
      found: `no rule that lets ${who} ${direction === 'Ingress' ? 'in' : 'be reached'} on ${ports.join(' and ')}, for ${titleOf(instances)}`,
      expected: `${direction === 'Ingress' ? 'from' : 'to'} ${who}, port ${ports.join(' and ')}: ${why}`,
      change: `add that rule to a policy that selects cnpg.io/cluster=${instances.name}`,
    };
  };
  const fromOperator = closed(policies, instances, 'Ingress', (port) =>
    ingress.some((rule) => isAboutOperator(rule) && matchesPort(rule, port)),
  );
  const between = (direction: 'Ingress' | 'Egress') =>
    closed(policies, instances, direction, (port) => policies.allows(instances, direction, instances, port));
  const egress = policies.rules(instances, 'Egress');
  const reachesApiServer =
    policies.restricting(instances, 'Egress').length === 0 ||
    egress.some((rule) => API_SERVER.some((port) => matchesPort(rule, port)));
  return [
    ...fromOperator.map((ports) =>
      problem(
        'Ingress',
        "the operator's namespace",
        ports,
        'the operator asks there how each instance is, or it makes no new primary',
      ),
    ),
    ...(['Ingress', 'Egress'] as const).flatMap((direction) =>
      between(direction).map((ports) =>
        problem(
          direction,
          'the other instances',
          ports,
          'a standby follows the primary there, and a primary looks whether it is alone',
        ),
      ),
    ),
    ...(reachesApiServer
      ? []
      : [
          problem(
            'Egress',
            'the API server',
            [443, 6443],
            'each instance reads there whether it is the primary',
          ),
        ]),
  ];
}

/** The ports that are not open in this direction, as a list of none or one. */
function closed(
  policies: NetworkPolicies,
  instances: Workload,
  direction: 'Ingress' | 'Egress',
  isOpen: (port: PodPort) => boolean,
): number[][] {
  if (policies.restricting(instances, direction).length === 0) return [];
  const ports = PORTS.filter((port) => !isOpen(port)).map(({ number }) => number);
  return ports.length === 0 ? [] : [ports];
}

/** Whose namespace it is, nobody knows here: one of another namespace may be, and one that names the operator's pods. */
const isAboutOperator = ({ peers }: Rule): boolean =>
  peers.length === 0 ||
  peers.some(
    ({ namespaceSelector, podSelector, ipBlock }) =>
      !ipBlock &&
      (podSelector === undefined ? namespaceSelector !== undefined : matches(podSelector, OPERATOR)),
  );
