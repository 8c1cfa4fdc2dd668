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
 * When an instance is said to be there, and to be lost:
 *
 * - One that has begun is looked at every second. The operator's default is 10 s, and a primary that was killed is back in its
 *   container after a second: nobody was led to it for the other nine, and no other was made the primary either.
 * - One that does not answer is lost after 6 s, where the operator's default is 30 s.
 * - A primary that sees neither the API server nor another instance ends itself: the operator's default of 1 s is short for a
 *   network with a hiccup.
 */
export const INSTANCE_PROBES: ClusterSpec['probes'] = {
  // As many looks as `startDelay` has seconds: the operator does not count them anew.
  startup: { periodSeconds: 1, timeoutSeconds: 5, failureThreshold: CLUSTER_TIMES.startDelay },
  readiness: { periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
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

/**
 * The C library's own wait for a DNS server that is silent is 5 s, twice, and meanwhile a standby does not look for its new
 * primary: with the primary's machine a pod of the cluster's DNS may be lost, too. See resolv.conf(5).
 */
export const QUICK_NAMES: ClusterSpec['env'] = [{ name: 'RES_OPTIONS', value: 'timeout:1 attempts:2' }];

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
