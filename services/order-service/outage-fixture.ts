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

/** New connections are refused, and those that are open end. */
const shutOut = async (server: PostgresFixture, statement: string): Promise<void> => {
  await server.execute(statement);
  await server.execute(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cafe'`);
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
      await shutOut(server, 'alter role cafe connection limit 0');
      return () => server.execute('alter role cafe connection limit -1');
    },
  },
  {
    name: 'of another password',
    reason: /wrong password for user/,
    async begin(server) {
      await shutOut(server, `alter role cafe password 'another one'`);
      return () => server.execute(`alter role cafe password '${server.environment.DB_PASSWORD}'`);
    },
  },
];
