import { connections } from '../../model/connections.js';
import type { Problem, Proof } from '../proof.js';
import { connectionProblem, portVariable } from './connection-problem.js';

/** Each port that a container is configured to connect to is a port. */
export const invalidPort = {
  id: 'CAFE005',
  title: 'A port is no port',
  why: 'A program that parses it refuses to start, or falls back to a port that nobody meant. Kubernetes does not look into variables.',
  problems: (cluster) =>
    connections(cluster).flatMap((connection): Problem[] => {
      const { portText } = connection.address;
      if (portText === undefined) return [];
      const variable = portVariable(connection);
      return [
        connectionProblem(
          connection,
          {
            found: portText === '' ? 'no port behind the colon' : portText,
            expected: 'a whole number from 1 to 65535',
            likely: portText.startsWith('tcp://') ? portText.split(':').at(-1) : undefined,
            change: `set the port in ${variable.origin} to the number of the Service's port`,
          },
          variable,
        ),
      ];
    }),
} as const satisfies Proof;
