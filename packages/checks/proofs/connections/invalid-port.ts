import type { Cluster, Typed, Workload } from '../../model/cluster.js';
import { connections } from '../../model/connections.js';
import { allContainers, containersOf, fieldOf } from '../../model/containers.js';
import { isPort, portOf } from '../../model/listening.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import { mayBeOfOperator } from '../../model/operator-pods.js';
import type { LabelSelector, NetworkPolicyPort } from '../../model/schemas.js';
import { probesIn } from '../probes/probes.js';
import type { Problem, Proof } from '../proof.js';
import { connectionProblem, portVariable } from './connection-problem.js';

const ALLOWED = 'a whole number from 1 to 65535';

/** Each port that an object declares, or that a container is configured to connect to, is a port. */
export const invalidPort = {
  id: 'CAFE005',
  title: 'A port is no port, or the name of none',
  why: 'A program that parses it refuses to start, or falls back to a port that nobody meant. Kubernetes does not look into variables. A Service, a container, a probe or a policy with such a port is refused by the API server, and a file of several objects is then applied in part. A policy that names a port which no pod has lets nobody through.',
  problems: (cluster) => [
    ...inVariables(cluster),
    ...inServices(cluster),
    ...inContainers(cluster),
    ...inProbes(cluster),
    ...inPolicies(cluster),
  ],
} as const satisfies Proof;

const inVariables = (cluster: Cluster): readonly Problem[] =>
  connections(cluster).flatMap((connection): Problem[] => {
    const { portText } = connection.address;
    if (portText === undefined) return [];
    const variable = portVariable(connection);
    return [
      connectionProblem(
        connection,
        {
          found: portText === '' ? 'no port behind the colon' : portText,
          expected: ALLOWED,
          likely: portText.startsWith('tcp://') ? portText.split(':').at(-1) : undefined,
          change: `set the port in ${variable.origin} to the number of the Service's port`,
        },
        variable,
      ),
    ];
  });

function inServices(cluster: Cluster): readonly Problem[] {
  const taken = new Map<string, string>();
  return [...cluster.services.values()].flatMap((service) =>
    service.typed.spec.ports.flatMap(({ port, targetPort, nodePort, name, protocol }): Problem[] => {
      const [object, field] = [titleOf(service), `spec.ports[${name ?? port}]`];
      const key = `${service.namespace} ${protocol} ${nodePort ?? 0}`;
      const other = nodePort === undefined ? undefined : taken.get(key);
      taken.set(key, object);
      return [
        ...refused(object, `${field}.port`, port),
        ...refused(object, `${field}.targetPort`, targetPort),
        ...refused(object, `${field}.nodePort`, nodePort),
        ...(other === undefined
          ? []
          : [
              {
                object,
                field: `${field}.nodePort`,
                found: `${nodePort ?? ''}, which ${other} has`,
                expected:
                  'a port of the nodes that no other Service has; the API server refuses the second one',
                change: 'set it to another one, or leave it out: Kubernetes takes a free one',
              },
            ]),
      ];
    }),
  );
}

const inContainers = (cluster: Cluster): readonly Problem[] =>
  allContainers(cluster).flatMap((each) =>
    each.container.ports.flatMap(({ containerPort, hostPort, name }): Problem[] => {
      const field = fieldOf(each, `ports[${name ?? containerPort}]`);
      return [
        ...refused(titleOf(each.workload), `${field}.containerPort`, containerPort),
        ...refused(titleOf(each.workload), `${field}.hostPort`, hostPort),
      ];
    }),
  );

const inProbes = (cluster: Cluster): readonly Problem[] =>
  probesIn(cluster).flatMap(({ workload, container, kind, probe }) =>
    refused(titleOf(workload), `${workload.podPath}.containers[${container.name}].${kind}`, portOf(probe)),
  );

const inPolicies = (cluster: Cluster): readonly Problem[] =>
  rulesIn(cluster).flatMap(({ policy, field, ports, pods }) =>
    ports.flatMap(({ port, endPort }, index): readonly Problem[] => {
      const object = titleOf(policy);
      const place = `${field}.ports[${index}]`;
      if (typeof port !== 'string' || pods.length === 0) {
        return [...refused(object, `${place}.port`, port), ...refused(object, `${place}.endPort`, endPort)];
      }
      const names = pods.flatMap((pod) =>
        containersOf(pod).flatMap(({ container }) => container.ports.flatMap(({ name }) => name ?? [])),
      );
      if (names.includes(port)) return [];
      const likely = nearest(port, names);
      return [
        {
          severity: likely === undefined ? 'risk' : 'broken',
          object,
          field: `${place}.port`,
          found: port,
          expected: `the name of a port of ${pods.map(titleOf).slice(0, 3).join(', ')}: ${[...new Set(names)].join(', ') || 'they name none'}; the rule lets nobody through`,
          likely,
          change: `set it to ${likely ?? "the container's port, by its number or name"}`,
        },
      ];
    }),
  );

interface RuleOfPolicy {
  readonly policy: Typed<'NetworkPolicy'>;
  readonly field: string;
  readonly ports: readonly NetworkPolicyPort[];
  /** The pods whose ports they are; none where others may be meant. */
  readonly pods: readonly Workload[];
}

/** A rule is about ports of the pods that let in, and of those that are let out to. */
const rulesIn = (cluster: Cluster): readonly RuleOfPolicy[] =>
  cluster.policies.flatMap((policy) => {
    const { namespace, typed } = policy;
    const { podSelector, ingress, egress } = typed.spec;
    const picked = (selector: LabelSelector): readonly Workload[] =>
      mayBeOfOperator(cluster, namespace, selector) ? [] : cluster.pods.selectedBy(namespace, selector);
    const own = picked(podSelector);
    return [
      ...ingress.map(({ ports }, index) => ({ policy, field: `spec.ingress[${index}]`, ports, pods: own })),
      ...egress.map(({ ports, to }, index) => {
        const peers = to.map((peer) =>
          peer.podSelector && !peer.namespaceSelector ? picked(peer.podSelector) : [],
        );
        const pods = peers.some((each) => each.length === 0) ? [] : peers.flat();
        return { policy, field: `spec.egress[${index}]`, ports, pods };
      }),
    ];
  });

function refused(object: string, field: string, port: number | string | undefined): readonly Problem[] {
  // A text is the name of a port.
  if (typeof port !== 'number' || isPort(port)) return [];
  return [
    {
      object,
      field,
      found: String(port),
      expected: `${ALLOWED}; the API server refuses the object as it is`,
      change: 'set it to the port that is meant',
    },
  ];
}
