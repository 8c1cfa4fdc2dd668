import { DatabaseRelease } from './database-release.js';
import { eventually, type Journal, must } from './journal.js';

const ROWS = 'insert into kept select i, md5(i::text) from generate_series(1, 5000) i';
const SUM = "select count(*) || ' rows, ' || coalesce(sum(hashtext(k::text)), 0) from kept k";

/** The life of a release: everything that an operator does to it in a normal year. */
export async function operateADatabase(journal: Journal, release: DatabaseRelease): Promise<void> {
  await journal.step('helm install --wait', () => release.install());
  journal.note(await journal.step('helm test', () => release.test()));
  const sum = await journal.step('5000 rows are written', async () => {
    await release.sql('create table kept (id int primary key, v text)');
    await release.sql(ROWS);
    return release.sql(SUM);
  });
  const expectRows = async (): Promise<void> => {
    const now = await release.sql(SUM);
    must(now === sum, `there were ${sum}, there are ${now}`);
  };
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

/** Moves to a new release, to another major version where the cluster has its image. */
export async function moveADatabase(
  journal: Journal,
  release: DatabaseRelease,
  tag: string | undefined,
): Promise<void> {
  const moved = new DatabaseRelease(release.namespace, `${release.name}-next`);
  const words = tag === undefined ? '--set primary.persistence.size=2Gi' : `--set image.tag=${tag}`;
  const before = await release.sql(SUM);
  const log = await journal.step(`bash move.sh … ${moved.name} ${words}`, () =>
    release.move(moved.name, words),
  );
  journal.note(log.trim());
  const version = await journal.step('the rows are in both releases', async () => {
    const [now, old] = [await moved.sql(SUM), await release.sql(SUM)];
    must(
      now === before && old === before,
      `there were ${before}; there are ${now}, and ${old} in the old one`,
    );
    return moved.sql('select version()');
  });
  journal.note(version);
  await moved.uninstall();
}
