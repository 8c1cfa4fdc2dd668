import { setTimeout as pause } from 'node:timers/promises';
import { eventually, lastLine, must } from '../journal.js';
import { DatabaseLedger } from './ledger.js';
import { DatabaseRelease } from './release.js';
import type { DatabaseScenario } from './scenario.js';

/** The pod is lost, and then the server's processes crash, while a client writes. */
export const crashUnderLoad: DatabaseScenario = {
  name: 'crash',
  title: 'Crashes under load',
  run: async (journal, { release }) => {
    await release.ensure();
    const ledger = new DatabaseLedger(release);
    await journal.step('a client writes numbered rows through the Service', () => ledger.open());
    for (const time of ['first', 'second', 'third']) {
      const title = `the pod is killed for the ${time} time; the next row is acknowledged`;
      await journal.step(title, async () => {
        const { uid } = await release.readyPod();
        await pause(3000);
        await release.killPod();
        await ledger.waitForOneMore(180);
        const after = await eventually(180, () => release.readyPod());
        must(after.uid !== uid, 'the pod is the same');
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
  },
};

/** Two tables with a pause between them: a moment at which a database with one table could be left behind. */
const SCRIPT = `set role ${DatabaseRelease.role};
create table first as select 1 as n;
select pg_sleep(0.5);
create table second as select 2 as n;
`;

/** The pod is killed at ten moments of the first initialisation, each time on a new volume. */
export const crashWhileInitialising: DatabaseScenario = {
  name: 'initialise',
  title: 'Crashes of the first initialisation, which has a script of the user’s',
  run: async (journal, { namespace }) => {
    const release = new DatabaseRelease(namespace, 'first-postgresql');
    const values = JSON.stringify({ scripts: { 'tables.sql': SCRIPT } });
    for (let moment = 0; moment < 10; moment += 1) {
      const milliseconds = moment * 250;
      const title = `killed ${milliseconds} ms into the first initialisation: a whole database`;
      const said = await journal.step(title, async () => {
        await release.install(`--set-json 'primary.initdb=${values}'`);
        const begun = async (): Promise<void> => {
          must((await release.pod())?.begun === true, 'not begun');
        };
        await eventually(120, begun, 20);
        await pause(milliseconds);
        const before = await release.kubectl(
          `logs ${release.name}-0 --container postgres | grep ^initialize || true`,
        );
        await release.killPod();
        await eventually(180, () => release.readyPod());
        must((await release.test()).includes('read it back'), 'helm test');
        must((await release.sql('select first.n, second.n from first, second')) === '1|2', 'half a script');
        const half = await release.kubectl(
          `exec ${release.name}-0 --container postgres -- find /var/lib/postgresql/data -maxdepth 1 -name '*.initializing'`,
        );
        must(half === '', `left behind: ${half}`);
        const after = await release.kubectl(
          `logs ${release.name}-0 --container postgres | grep ^initialize || true`,
        );
        await release.uninstall();
        await release.deleteData();
        return `it had said: ${lastLine(before)}\nthe next said: ${lastLine(after)}`;
      });
      journal.note(said);
    }
  },
};
