import { setTimeout as pause } from 'node:timers/promises';
import { kubectl, NAMESPACE, RELEASE } from '../cluster.js';
import { run } from '../command.js';
import { databasePod, sql } from './cafe-state.js';
import type { Scenario } from './scenario.js';

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
    run: async (tools) => {
      const pod = await databasePod();
      tools.mark('freeze PostgreSQL');
      await tools.freeze(pod, 'postgres', 20_000);
      tools.databaseBackAt = Date.now();
      tools.mark('thaw');
    },
  },
  {
    name: 'use-up-connections',
    title: 'Somebody else takes every connection of PostgreSQL for 20 s, and the services’ own are ended',
    kind: 'database',
    run: async (tools) => {
      tools.mark('connections used up');
      await run(`kubectl -n ${NAMESPACE} exec -i ${RELEASE}-0 -c postgres -- bash -s`, {
        stdin: HOG,
        timeoutSeconds: 60,
      });
      tools.databaseBackAt = Date.now();
      tools.mark('connections are free');
    },
  },
  {
    name: 'lock-table',
    title: 'Somebody else holds the table of orders locked for 15 s',
    kind: 'database',
    run: async (tools) => {
      tools.mark('table locked');
      await sql(
        'begin; set local statement_timeout = 0; lock table orders in access exclusive mode; select pg_sleep(15); commit;',
      );
      tools.databaseBackAt = Date.now();
      tools.mark('unlocked');
    },
  },
];

/**
 * Connections as the superuser would go over the socket into the reserved ones; as the application's role they compete
 * with the services. They are opened again and again until all are taken, and closed after 20 s.
 */
const HOG = `
end=$((SECONDS + 20))
psql -XAtq -U postgres -d cafe_lumiere -c "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cafe'" >/dev/null
while ((SECONDS < end)); do
  while (($(jobs -pr | wc -l) < 110)); do
    psql -XAtq -U cafe -d cafe_lumiere -c "set statement_timeout = 0; select pg_sleep($((end - SECONDS > 0 ? end - SECONDS : 0)))" >/dev/null 2>&1 &
  done
  sleep 0.2
done
wait
`;
