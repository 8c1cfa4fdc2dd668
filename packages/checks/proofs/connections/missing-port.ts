import type { Typed } from '../../model/cluster.js';
import { connections, type Connection } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { connectionProblem, portVariable, written } from './connection-problem.js';

/** Each connection goes to a port that the Service has. */
export const missingPort = {
  id: 'CAFE002',
  title: 'The Service has no such port',
  why: 'The name resolves and the connection is refused or hangs, so it looks like a program that is down. A Service forwards only the ports that it lists.',
  problems: (cluster) =>
    connections(cluster).flatMap((connection): Problem[] => {
      const { resolution, address } = connection;
      if (resolution.kind !== 'service' || address.portText !== undefined) return [];
      const { type, ports, clusterIP } = resolution.service.typed.spec;
      if (type === 'ExternalName') return [];
      // A headless Service translates nothing: every port of the pods is reached.
      if (clusterIP === 'None' && ports.length === 0) return [];
      if (address.port === undefined ? ports.length > 0 : ports.some(({ port }) => port === address.port)) {
        return [];
      }
      return [problem(connection, resolution.service)];
    }),
} as const satisfies Proof;

function problem(connection: Connection, service: Typed<'Service'>): Problem {
  const { port } = connection.address;
  const { ports } = service.typed.spec;
  const title = titleOf(service);
  const variable = portVariable(connection);
  const listed = ports.map((candidate) => String(candidate.port));
  const behind = ports.find(({ targetPort }) => targetPort === port);
  const likely = behind
    ? `${behind.port}: ${port ?? ''} is the container's port, callers use the Service's`
    : (nearest(String(port), listed) ?? (listed.length === 1 ? listed[0] : undefined));
  return connectionProblem(
    connection,
    {
      found: `port ${port ?? ''} of ${title}${port === undefined ? '' : ` (${written(connection)})`}`,
      expected: `a port of that Service: ${listed.join(', ') || 'it has none'}`,
      likely,
      change: `set the port in ${variable.origin} to ${likely?.split(':')[0] ?? 'one of those'}, or add port ${port ?? ''} to ${title}`,
    },
    variable,
  );
}
