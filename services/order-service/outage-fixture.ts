import type { NetworkFixture } from '@cafe-lumiere/runtime/testing';
import type { PostgresFixture } from '@cafe-lumiere/runtime/testing';

/** One way in which a database can be away. */
export interface Outage {
  readonly name: string;
  /** What the service says of it. */
  readonly reason: RegExp;
  /** Begins it. @returns ends it */
  begin(server: PostgresFixture, network: NetworkFixture): Promise<() => Promise<void>>;
}

const alterRole = (server: PostgresFixture, change: string): Promise<void> =>
  server.execute(`alter role ${server.environment.DB_USER} ${change}`);

/** New connections are refused, and those that are open end. */
const shutOut = async (server: PostgresFixture, change: string): Promise<void> => {
  await alterRole(server, change);
  const { DB_USER } = server.environment;
  await server.execute(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${DB_USER}'`);
};

/** Everything that has been seen to happen to a database, each as it happens: to a real one. */
export const OUTAGES: readonly Outage[] = [
  {
    name: 'stopped',
    reason: /refused the connection|closed the connection/,
    async begin(server) {
      await server.stop();
      return () => server.startAgain();
    },
  },
  {
    name: 'crashed',
    reason: /refused the connection|closed the connection/,
    async begin(server) {
      await server.stop('immediate');
      return () => server.startAgain();
    },
  },
  {
    name: 'frozen',
    reason: /does not answer in time/,
    async begin(server) {
      const thaw = await server.freeze();
      return () => {
        thaw();
        return Promise.resolve();
      };
    },
  },
  {
    name: 'behind a network that drops packets',
    reason: /does not answer in time/,
    begin(_, network) {
      network.swallows = true;
      return Promise.resolve(() => {
        network.swallows = false;
        return Promise.resolve();
      });
    },
  },
  {
    name: 'refusing',
    reason: /refused the connection/,
    begin: (_, network) => network.refuse(),
  },
  {
    name: 'full',
    reason: /no connection left/,
    async begin(server) {
      await shutOut(server, 'connection limit 0');
      return () => alterRole(server, 'connection limit -1');
    },
  },
  {
    name: 'of another password',
    reason: /wrong password for user/,
    async begin(server) {
      await shutOut(server, `password 'another one'`);
      return () => alterRole(server, `password '${server.environment.DB_PASSWORD}'`);
    },
  },
];
