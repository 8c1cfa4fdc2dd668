import { KeptRows } from './kept-rows.js';
import { DatabaseRelease } from './release.js';
import type { DatabaseScenario } from './scenario.js';

/** Moves to a new release, to another major version where the cluster has its image. */
export const moveADatabase: DatabaseScenario = {
  name: 'move',
  title: 'Into a new release',
  run: async (journal, { release, upgradeTo }) => {
    await release.ensure('--set backup.enabled=true,backup.cronjob.storage.size=1Gi');
    const rows = await KeptRows.write(release);
    const moved = new DatabaseRelease(release.namespace, `${release.name}-next`);
    const words =
      upgradeTo === undefined ? '--set primary.persistence.size=2Gi' : `--set image.tag=${upgradeTo}`;
    const log = await journal.step(`bash move.sh … ${moved.name} ${words}`, () =>
      release.move(moved.name, words),
    );
    journal.note(log.trim());
    const version = await journal.step('the rows are in both releases', async () => {
      await rows.expect();
      await rows.expect(moved);
      return moved.sql('select version()');
    });
    journal.note(version);
    await moved.uninstall();
  },
};
