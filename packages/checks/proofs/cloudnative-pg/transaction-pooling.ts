import type { Cluster } from '../../model/cluster.js';
import { connections } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { keepsContract } from '../../model/variable-names.js';
import type { Problem, Proof } from '../proof.js';
import { poolers } from './objects.js';

/**
 * Who listens to events or takes a lock for its session keeps its connection. A service on the runtime does both: it learns
 * of changes by LISTEN, and its migrations hold an advisory lock.
 */
export const transactionPooling = {
  id: 'CAFE122',
  title: 'A pooler by transaction takes the session away from who needs it',
  why: 'Reads work, so it passes every first look. Each change is refused: cannot execute in a read-only transaction.',
  problems: (cluster) =>
    poolers(cluster).flatMap((pooler): Problem[] => {
      const { poolMode } = pooler.typed.spec.pgbouncer;
      if (poolMode === 'session') return [];
      const clients = clientsOf(cluster, pooler.namespace, pooler.name);
      if (clients.length === 0) return [];
      return [
        {
          object: titleOf(pooler),
          field: 'spec.pgbouncer.poolMode',
          found: `${poolMode}, and ${clients.join(' and ')} connects to it`,
          expected:
            'session: LISTEN, and locks that are held for a session, are gone with the end of a transaction',
          likely: 'session',
          change: `set poolMode: session, or have ${clients.join(' and ')} connect to the Cluster itself`,
        },
      ];
    }),
} as const satisfies Proof;

/** Those on the runtime that are told the pooler's Service. */
function clientsOf(cluster: Cluster, namespace: string, name: string): string[] {
  const clients = connections(cluster).flatMap(({ workload, resolution, variables }) =>
    resolution.kind === 'made' &&
    resolution.made.name === name &&
    resolution.made.namespace === namespace &&
    keepsContract(variables)
      ? [titleOf(workload)]
      : [],
  );
  return [...new Set(clients)];
}
