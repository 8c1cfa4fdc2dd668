import type { Cluster } from '../../model/cluster.js';
import { connections } from '../../model/connections.js';
import { allContainers, fieldOf } from '../../model/containers.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { connectionProblem, portVariable } from './connection-problem.js';

const ALLOWED = 'a whole number from 1 to 65535';

/** Each port that an object declares, or that a container is configured to connect to, is a port. */
export const invalidPort = {
  id: 'CAFE005',
  title: 'A port is no port',
  why: 'A program that parses it refuses to start, or falls back to a port that nobody meant. Kubernetes does not look into variables. A Service or a container with such a port is refused by the API server, and a file of several objects is then applied in part.',
  problems: (cluster) => [...inVariables(cluster), ...inServices(cluster), ...inContainers(cluster)],
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

const inServices = (cluster: Cluster): readonly Problem[] =>
  [...cluster.services.values()].flatMap((service) =>
    service.typed.spec.ports.flatMap(({ port, targetPort, name }): Problem[] => [
      ...refused(titleOf(service), `spec.ports[${name ?? port}].port`, port),
      ...refused(titleOf(service), `spec.ports[${name ?? port}].targetPort`, targetPort),
    ]),
  );

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

function refused(object: string, field: string, port: number | string | undefined): readonly Problem[] {
  // A text is the name of a port.
  if (typeof port !== 'number' || (Number.isInteger(port) && port >= 1 && port <= 65_535)) return [];
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
