import { setTimeout as pause } from 'node:timers/promises';
import { kubectl, RELEASE } from '../cluster.js';
import { databasePod, sql } from './cafe-state.js';
import type { Scenario } from './scenario.js';
import { STARTUP_MESSAGE } from './startup-message.js';

/** The one PostgreSQL is away, or of no use, for a while. */
export const databaseScenarios: readonly Scenario[] = [
  {
    name: 'kill-postgresql',
    title: 'PostgreSQL is killed',
    kind: 'database',
    restarts: /-postgresql-0\/postgres$/,
    run: async (tools) => {
      const pod = await databasePod();
      tools.mark('SIGKILL PostgreSQL');
      await tools.signal(pod, 'postgres', 'KILL');
      await pause(2000);
    },
  },
  {
    name: 'delete-postgresql',
    title: 'The pod of PostgreSQL is deleted by force',
    kind: 'database',
    run: async (tools) => {
      tools.mark('delete PostgreSQL’s pod');
      await kubectl(`delete pod ${RELEASE}-0 --grace-period=0 --force`);
      await pause(2000);
    },
  },
  {
    name: 'stop-postgresql',
    title: 'PostgreSQL is stopped for 60 s',
    kind: 'database',
    alert: 'OrdersStored',
    run: async (tools) => {
      tools.mark('stop PostgreSQL');
      await tools.disturb(
        () => kubectl(`scale statefulset ${RELEASE} --replicas=1`),
        async () => {
          await kubectl(`scale statefulset ${RELEASE} --replicas=0`);
          await pause(60_000);
        },
      );
      tools.mark('start PostgreSQL');
    },
  },
  {
    name: 'freeze-postgresql',
    title: 'PostgreSQL stands still for 20 s',
    kind: 'database',
    alert: 'any',
    run: async (tools) => {
      const pod = await databasePod();
      tools.mark('freeze PostgreSQL');
      tools.databaseBackAt = await tools.freeze(pod, 'postgres', 20_000);
      tools.mark('thaw');
    },
  },
  {
    name: 'use-up-connections',
    title: 'Somebody else takes every connection of PostgreSQL for 20 s, and the services’ own are ended',
    kind: 'database',
    alert: 'any',
    run: async (tools) => {
      tools.mark('connections used up');
      // From a pod that the network policies let in, as a leak in a service would be.
      const { metadata } = await tools.podOf('order-service');
      const program = `exec ${metadata.name} -c order-service -- node -e '${TAKE_CONNECTIONS}'`;
      // It is there before they come: later even the superuser is one client too many.
      const ended = sql(
        "select from pg_sleep(2); select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'cafe'",
      );
      await pause(500);
      const taken = kubectl(program);
      await ended;
      tools.databaseBackAt = Number(await taken);
      tools.mark('connections are free');
    },
  },
  {
    name: 'lock-table',
    title: 'Somebody else holds the table of orders locked for 15 s',
    kind: 'database',
    alert: 'any',
    run: async (tools) => {
      tools.mark('table locked');
      const unlockedAt = await sql(
        `begin; set local statement_timeout = 0; lock table orders in access exclusive mode; ` +
          `select from pg_sleep(15); select extract(epoch from clock_timestamp()) * 1000; commit;`,
      );
      tools.databaseBackAt = Number(unlockedAt.trim());
      tools.mark('unlocked');
    },
  },
];

/**
 * Connects again and again and never logs in: PostgreSQL gives each connection its place before it asks who is there, and
 * waits for a minute.
 */
const TAKE_CONNECTIONS = `
  ${STARTUP_MESSAGE}
  const { DB_HOST: host, DB_PORT: port } = process.env;
  const take = () => {
    const socket = require("net").connect({ host, port }, () => socket.write(message));
    socket.on("error", () => {}).on("close", () => setTimeout(take, 20)).resume();
  };
  for (let count = 0; count < 110; count += 1) take();
  setTimeout(() => console.log(Date.now()) || process.exit(), 20000);
`;
