import { eventually, type Journal, must } from '../journal.js';
import { KeptRows } from './kept-rows.js';
import type { DatabaseRelease } from './release.js';
import type { DatabaseScenario } from './scenario.js';

/** The life of a release: everything that an operator does to it in a normal year. */
export const operateADatabase: DatabaseScenario = {
  name: 'operate',
  title: 'A year of a database',
  run: async (journal, { release }) => {
    await journal.step('helm install --wait', () => release.install());
    journal.note(await journal.step('helm test', () => release.test()));
    const rows = await journal.step('5000 rows are written', () => KeptRows.write(release));
    await operate(journal, release, () => rows.expect());
  },
};

async function operate(
  journal: Journal,
  release: DatabaseRelease,
  expectRows: () => Promise<void>,
): Promise<void> {
  await upgrade(journal, release, expectRows);

  await journal.step('helm uninstall, and helm install again', async () => {
    await release.uninstall();
    await release.install();
  });
  await journal.step('the kept password logs in, and the rows are there', async () => {
    await release.test();
    await expectRows();
  });
  await changeThePassword(journal, release);
  await refuseWhatNoUpgradeCan(journal, release);
  await backUpAndRestore(journal, release, expectRows);
}

async function upgrade(
  journal: Journal,
  release: DatabaseRelease,
  expectRows: () => Promise<void>,
): Promise<void> {
  await journal.step('helm upgrade with nothing changed restarts nothing', async () => {
    const before = await release.readyPod();
    await release.upgrade();
    const after = await release.readyPod();
    must(after.uid === before.uid && after.restarts === before.restarts, 'the pod is another, or restarted');
  });
  const parameter = async (expected: string): Promise<void> => {
    const found = await release.sql('show max_connections');
    must(found === expected, `max_connections is ${found}, not ${expected}`);
    await expectRows();
  };
  await journal.step(
    'helm upgrade with a parameter changed restarts the pod, and the rows stay',
    async () => {
      const before = await release.readyPod();
      await release.upgrade('--set postgresqlConfiguration.max_connections=60');
      must((await release.readyPod()).uid !== before.uid, 'the pod is the same');
      await parameter('60');
    },
  );
  await journal.step('helm rollback brings the parameter back, and the rows stay', async () => {
    await release.rollback();
    await parameter('100');
  });
}

async function changeThePassword(journal: Journal, release: DatabaseRelease): Promise<void> {
  await journal.step('another password is applied without a restart, and the old one refused', async () => {
    const before = await release.readyPod();
    const old = await release.password();
    must(await release.accepts(old), 'the generated password does not log in');
    await release.upgrade('--set auth.password=another');
    await eventually(240, async () => {
      must(await release.accepts('another'), 'the new password does not log in');
    });
    must(!(await release.accepts(old)), 'the old password still logs in');
    const after = await release.readyPod();
    must(after.uid === before.uid && after.restarts === before.restarts, 'the pod is another, or restarted');
  });
}

async function refuseWhatNoUpgradeCan(journal: Journal, release: DatabaseRelease): Promise<void> {
  const refusals = [
    ['primary.persistence.size=2Gi', 'delete statefulset'],
    ['primary.persistence.storageClass=another', 'which no upgrade can change'],
    ['image.tag=99-trixie', 'another major version cannot read its data'],
  ] as const;
  for (const [value, reason] of refusals) {
    await journal.step(`helm upgrade --set ${value} is refused with the steps`, async () => {
      const before = await release.readyPod();
      const { code, stderr } = await release.attemptUpgrade(`--set ${value}`);
      must(code !== 0 && stderr.includes(reason), `exit ${code}: ${stderr}`);
      must((await release.readyPod()).uid === before.uid, 'the pod is another');
    });
  }
}

async function backUpAndRestore(
  journal: Journal,
  release: DatabaseRelease,
  expectRows: () => Promise<void>,
): Promise<void> {
  await journal.step('helm upgrade --set backup.enabled=true restarts nothing', async () => {
    const before = await release.readyPod();
    await release.upgrade('--set backup.enabled=true,backup.cronjob.storage.size=1Gi');
    must((await release.readyPod()).uid === before.uid, 'the pod is another');
  });
  const log = await journal.step('a backup is made and proven to restore', () =>
    release.job('backup-1', 'backup'),
  );
  must(log.includes('restored into a scratch server and found equal'), `the backup says: ${log}`);
  journal.note(log.trim());
  await journal.step('a restore over a database that holds tables is refused', async () => {
    const refused = await release.job('restore-1', 'restore').then(
      () => '',
      (error: unknown) => String(error),
    );
    must(refused.includes('Set REPLACE=yes'), `the restore says: ${refused}`);
  });
  const restored = await journal.step('half of the rows are deleted, and restored', async () => {
    await release.sql('delete from kept where id % 2 = 0; create table stray ()');
    const said = await release.job('restore-2', 'restore', 'REPLACE=yes');
    await expectRows();
    must(
      (await release.sql("select to_regclass('stray') is null")) === 't',
      'what was not dumped is still there',
    );
    return said.trim();
  });
  journal.note(restored);
}
