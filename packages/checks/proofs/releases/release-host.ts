import { withHost } from '../../model/addresses.js';
import { connections } from '../../model/connections.js';
import type { Problem, Proof } from '../proof.js';
import { connectionProblem, written } from '../connections/connection-problem.js';
import { releaseServiceFor } from './release-service.js';

/** The host of a database is the Service that the Helm release makes. */
export const releaseHost = {
  id: 'CAFE011',
  title: 'DB_HOST is not the Service that the Helm release makes',
  why: "A chart makes the names of its Services of the release's name. Who installs it under another name gets another host, and the clients wait for one that never comes.",
  problems: (cluster, options) =>
    connections(cluster).flatMap((connection): Problem[] => {
      const meant = releaseServiceFor(connection, options);
      if (!meant) return [];
      const { address } = connection;
      const { release, host } = meant;
      return [
        connectionProblem(connection, {
          found: written(connection),
          expected: `${host}: so the chart ${release.chart} names its Service in the release ${release.name}${release.rendered ? '' : " (by the chart's naming rule)"}`,
          likely: host,
          change: `set ${address.variable.origin} to ${withHost(address, host)}, or install the release under the name that makes ${address.host}`,
        }),
      ];
    }),
} as const satisfies Proof;
