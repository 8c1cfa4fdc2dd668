import type { ClusterSpec } from './cloudnative-pg-kinds.js';
import { toNumber } from './resources.js';

/**
 * How long the operator waits for what, in seconds; its own defaults in brackets. See docs/decisions/cloudnative-pg.md.
 */
export const CLUSTER_TIMES = {
  /** Until an instance that starts is given up (3600): a large recovery is no fault, a wrong image is. */
  startDelay: 300,
  /** Until an instance that ends is killed (1800). A drain waits for it. */
  stopDelay: 60,
  /** How much of that PostgreSQL waits for clients to leave by themselves (180). Pools never do. */
  smartShutdownTimeout: 1,
  /** Until a former primary is killed that does not hand over (3600). */
  switchoverDelay: 60,
  /** Between "the primary is lost" and a new one. */
  failoverDelay: 0,
} as const;

/**
 * When an instance is said to be lost that does not answer: after 6 s, where the operator's default is 30 s. And when a
 * primary that sees neither the API server nor another instance ends itself: the operator's default of 1 s is short for a
 * network with a hiccup.
 */
export const READINESS: ClusterSpec['probes'] = {
  readiness: { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
  liveness: { isolationCheck: { enabled: true, requestTimeout: 2000, connectionTimeout: 2000 } },
};

/**
 * Of the other instances, half confirm a commit before it is acknowledged, and only where each acknowledged one is for
 * certain a new primary is made. Nobody waits for a standby that is not there.
 */
export function synchronousOf(instances: number): Pick<ClusterSpec['postgresql'], 'synchronous'> {
  return instances === 1
    ? {}
    : {
        synchronous: {
          method: 'any',
          number: (instances - 1) / 2,
          dataDurability: 'required',
          failoverQuorum: true,
        },
      };
}

/** PostgreSQL's own parameters. */
export function parametersOf(maxConnections: number, memoryLimit: string): Record<string, string> {
  const megabytes = Math.floor((toNumber(memoryLimit) ?? 0) / 4 / 2 ** 20);
  return {
    max_connections: String(maxConnections),
    shared_buffers: `${megabytes}MB`,
    // A standby whose primary is gone looks for the new one again after so long, and no commit is acknowledged before it
    // has found it. PostgreSQL's default is 5 s; each look runs the operator's restore_command, which costs a third of a
    // second of CPU, so that less would slow down what it waits for.
    wal_retrieve_retry_interval: '1s',
  };
}

/** Who comes in, besides the operator's own: the owner to its database, and nobody else. */
export const pgHbaOf = (database: string, owner: string, connection: 'host' | 'hostssl'): string[] => [
  `${connection} ${database} ${owner} all scram-sha-256`,
  'host all all all reject',
];
