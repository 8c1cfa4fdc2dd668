import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseLedger } from './database-ledger.js';
import { DatabaseRelease } from './database-release.js';
import { eventually, type Journal, must } from './journal.js';

const ready = (release: DatabaseRelease) => eventually(180, () => release.readyPod());

/** The pod is lost, and then the server's processes crash, while a client writes. */
export async function crashUnderLoad(journal: Journal, release: DatabaseRelease): Promise<void> {
  const ledger = new DatabaseLedger(release);
  await journal.step('a client writes numbered rows through the Service', () => ledger.open());
  for (const time of ['first', 'second', 'third']) {
    await journal.step(`the pod is killed for the ${time} time; the next row is acknowledged`, async () => {
      const { uid } = await release.readyPod();
      await pause(3000);
      await release.killPod();
      await ledger.waitForOneMore(180);
      must((await ready(release)).uid !== uid, 'the pod is the same');
    });
  }
  await journal.step('a process of the server is killed; the next row is acknowledged', async () => {
    const killed = await release.kubectl(
      `exec ${release.name}-0 --container postgres -- bash -c 'for p in /proc/[0-9]*; do grep -qs "^postgres: checkpointer" $p/cmdline && kill -KILL \${p#/proc/} && echo killed; done; true'`,
    );
    must(killed.includes('killed'), 'no checkpointer was found');
    await ledger.waitForOneMore(180);
  });
  const rows = await journal.step('every acknowledged row is there', () => ledger.close());
  journal.note(`${rows} rows, none lost`);
}

/** The pod is killed at ten moments of the first initialisation, each time on a new volume. */
export async function crashWhileInitialising(journal: Journal, namespace: string): Promise<void> {
  const release = new DatabaseRelease(namespace, 'first-postgresql');
  const deleteData = () =>
    release.kubectl(`delete pvc/data-${release.name}-0 secret/${release.name}-auth --ignore-not-found`);
  for (let moment = 0; moment < 10; moment += 1) {
    const milliseconds = moment * 200;
    const title = `killed ${milliseconds} ms into the first initialisation: a whole database`;
    const said = await journal.step(title, async () => {
      await release.install('');
      // Asked often: the whole of it takes about two seconds.
      const begun = async (): Promise<void> => {
        must((await release.pod())?.initializing === true, 'not begun');
      };
      await eventually(120, begun, 20);
      await pause(milliseconds);
      const before = await release.kubectl(`logs ${release.name}-0 --container initialize`);
      await release.killPod();
      await ready(release);
      must((await release.test()).includes('read it back'), 'helm test');
      const half = await release.kubectl(
        `exec ${release.name}-0 --container postgres -- find /var/lib/postgresql/data -maxdepth 1 -name '*.initializing'`,
      );
      must(half === '', `left behind: ${half}`);
      const after = await release.kubectl(`logs ${release.name}-0 --container initialize`);
      await release.uninstall();
      await deleteData();
      return `it had said: ${lastLine(before)}\nthe next said: ${lastLine(after)}`;
    });
    journal.note(said);
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** A volume whose data are another major version's. */
export async function refuseAnotherMajor(journal: Journal, release: DatabaseRelease): Promise<void> {
  const other = new DatabaseRelease(release.namespace, 'other-postgresql');
  await journal.step('a volume is made that holds data of PostgreSQL 16', async () => {
    await other.install();
    await other.kubectl(
      `exec ${other.name}-0 --container postgres -- bash -c 'echo 16 > "$PGDATA/PG_VERSION"'`,
    );
  });
  const reason = await journal.step('the next pod refuses it, with the way out', async () => {
    await other.killPod();
    const log = await eventually(120, async () => {
      const said = await other.kubectl(`logs ${other.name}-0 --container initialize`);
      must(said.includes('refused'), `initialize says: ${said}`);
      return said;
    });
    must(log.includes('image.tag back to a 16 image') && log.includes('move.sh'), `initialize says: ${log}`);
    must((await other.pod())?.ready === false, 'the pod is ready');
    return lastLine(log);
  });
  journal.note(reason);
  await other.uninstall();
}
