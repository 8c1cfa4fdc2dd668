import {
  App,
  CloudNativePgCluster,
  DefaultDenyNetworkPolicy,
  LogicalBackup,
  synthesized,
} from '@cafe-lumiere/constructs';
import { Chart, Size } from 'cdk8s';
import { run } from '../command.js';
import { CLUSTER_IMAGES, noOperator } from '../faults/postgres-cluster.js';
import { eventually, must } from '../journal.js';
import { runJob } from './job.js';
import { KeptRows } from './kept-rows.js';
import { DatabaseRelease } from './release.js';
import type { DatabaseScenario } from './scenario.js';

const CLUSTER = 'shop-database';

/** The backup of a database that the operator runs, over TLS, in a namespace that denies what nobody allowed. */
export const backUpACluster: DatabaseScenario = {
  name: 'cluster-backup',
  title: 'A backup of a Cluster of the operator, and the way back',
  cannot: noOperator,
  run: async (journal, { namespace }) => {
    const kubectl = (words: string, stdin = ''): Promise<string> =>
      run(`kubectl --namespace ${namespace} ${words}`, { stdin });
    const database = { name: CLUSTER, sql: (text: string) => sql(kubectl, text) };
    const job = (name: string, task: 'backup' | 'restore', environment = ''): Promise<string> =>
      runJob(namespace, name, `${CLUSTER}-${task}`, environment);
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests(namespace) });

    await journal.step('a Cluster and its backup are applied, and the Cluster is ready', async () => {
      await kubectl('apply --filename -', list);
      await kubectl(`wait --for=condition=Ready cluster.postgresql.cnpg.io/${CLUSTER} --timeout=240s`);
    });
    await journal.step('the claim for the dumps is bound, and can be written to', () =>
      eventually(120, async () => {
        const log = await kubectl(`logs --selector app=${CLUSTER}-claim --tail=-1`);
        must(log.includes('the claim for the dumps is there'), `the claim's job says: ${log}`);
      }),
    );
    const rows = await journal.step('5000 rows are written', () => KeptRows.write(database));
    const log = await journal.step('a backup is made and proven to restore', () =>
      job('cluster-backup-1', 'backup'),
    );
    must(log.includes('restored into a scratch server and found equal'), `the backup says: ${log}`);
    journal.note(log.trim());
    await journal.step('a restore over a database that holds tables is refused', async () => {
      const refused = await job('cluster-restore-1', 'restore').then(
        () => '',
        (error: unknown) => String(error),
      );
      must(refused.includes('Set REPLACE=yes'), `the restore says: ${refused}`);
    });
    const restored = await journal.step('every row is deleted, and restored', async () => {
      await database.sql('truncate kept; create table stray ()');
      const said = await job('cluster-restore-2', 'restore', 'REPLACE=yes');
      await rows.expect(database);
      must(
        (await database.sql("select to_regclass('stray') is null")) === 't',
        'what was not dumped is there',
      );
      return said.trim();
    });
    journal.note(restored);
    await journal.step('the Cluster is deleted with its volumes, and the dumps stay', async () => {
      await kubectl(`delete cluster.postgresql.cnpg.io/${CLUSTER} --timeout=120s`);
      await kubectl('apply --filename -', list);
      await kubectl(`wait --for=condition=Ready cluster.postgresql.cnpg.io/${CLUSTER} --timeout=240s`);
      must(
        (await database.sql("select to_regclass('kept') is null")) === 't',
        'the new Cluster has the old rows',
      );
    });
    await journal.step('a new Cluster of that name gets every row back', async () => {
      await job('cluster-restore-3', 'restore');
      await rows.expect(database);
    });
    await kubectl(`delete cluster.postgresql.cnpg.io/${CLUSTER} --timeout=120s`);
  },
};

function manifests(namespace: string): readonly object[] {
  const chart = new Chart(new App(), 'shop', { namespace });
  new DefaultDenyNetworkPolicy(chart, 'default-deny');
  const cluster = new CloudNativePgCluster(chart, 'postgres', {
    name: CLUSTER,
    image: CLUSTER_IMAGES.usual,
    instances: 1,
    database: DatabaseRelease.database,
    owner: DatabaseRelease.role,
    storage: Size.gibibytes(1),
    credentials: { developmentPassword: 'open' },
  });
  new LogicalBackup(chart, 'backup', { cluster, storage: { size: Size.gibibytes(1) } });
  return synthesized(chart);
}

/** Runs SQL as the application's role, in the primary's pod. */
async function sql(
  kubectl: (words: string, stdin?: string) => Promise<string>,
  text: string,
): Promise<string> {
  const selector = `cnpg.io/cluster=${CLUSTER},cnpg.io/instanceRole=primary`;
  const pod = await kubectl(`get pod --selector ${selector} --output 'jsonpath={.items[0].metadata.name}'`);
  const psql = `psql --dbname=${DatabaseRelease.database} --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1`;
  const output = await kubectl(
    `exec --stdin ${pod} --container postgres -- ${psql}`,
    `set role ${DatabaseRelease.role};\n${text};\n`,
  );
  return output.trim();
}
