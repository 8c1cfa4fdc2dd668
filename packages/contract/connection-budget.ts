/** One service that holds connections to a database. */
export interface DatabaseClient {
  /** What it is called, for whoever reads the problem. */
  readonly name: string;
  readonly replicas: number;
  /**
   * Pods that a rollout runs besides.
   * @default - 1, `maxSurge` of every service
   */
  readonly surge?: number;
  /** Connections that one pod holds at most. */
  readonly poolMax: number;
}

/** PostgreSQL keeps these for a superuser (`superuser_reserved_connections`, default 3). */
export const RESERVED = 3;
/** What the chart's exporter holds at most: the limit of its role in files/exporter-role.sh. */
export const EXPORTER = 3;
/** Room for an operator's psql, a backup and a migration at the same time, and for the exporter: it may come later. */
export const HEADROOM = 5 + EXPORTER;
/** Outside its pool each pod holds one connection for LISTEN and one for its readiness check. */
export const OUTSIDE_POOL = 2;

/**
 * Whether all clients together fit: (replicas + surge) × (pool + listener + check) over all services, against
 * `max_connections` less what is reserved.
 *
 * @returns the problem in words, or nothing
 */
export function connectionBudgetProblem(
  clients: readonly DatabaseClient[],
  maxConnections: number,
): string | undefined {
  const terms = clients.map(
    ({ name, replicas, surge = 1, poolMax }) =>
      `${name} (${replicas} + ${surge} pods) × (${poolMax} + ${OUTSIDE_POOL}) = ${demand({ replicas, surge, poolMax })}`,
  );
  const total = clients.reduce((sum, client) => sum + demand(client), 0);
  const available = maxConnections - RESERVED - HEADROOM;
  if (total <= available) return undefined;
  return (
    `${total} connections are needed, ${available} are there: ${terms.join(', ')}; ` +
    `max_connections ${maxConnections} − ${RESERVED} reserved − ${HEADROOM} for operators and metrics = ${available}. ` +
    `Lower poolMax or replicas, or raise maxConnections to at least ${total + RESERVED + HEADROOM}.`
  );
}

const demand = ({ replicas, surge = 1, poolMax }: Omit<DatabaseClient, 'name'>): number =>
  (replicas + surge) * (poolMax + OUTSIDE_POOL);
