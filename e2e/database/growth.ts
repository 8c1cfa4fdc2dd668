import { z } from 'zod';
import { attempt, run } from '../command.js';
import { must } from '../journal.js';
import { KeptRows } from './kept-rows.js';
import { DatabaseRelease } from './release.js';
import type { DatabaseScenario } from './scenario.js';

const storageClass = z.looseObject({
  metadata: z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  allowVolumeExpansion: z.boolean().default(false),
});
const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

/** A larger volume: the steps that the refusal names, done as written, where the default class grows volumes and where not. */
export const growTheVolume: DatabaseScenario = {
  name: 'grow',
  title: 'A larger volume',
  run: async (journal, { namespace }) => {
    const release = new DatabaseRelease(namespace, 'growing-postgresql');
    const grows = await journal.step('a release on the default class', async () => {
      const json: unknown = JSON.parse(await run('kubectl get storageclasses --output json'));
      const { items } = z.object({ items: z.array(storageClass) }).parse(json);
      const chosen = items.find(({ metadata }) => metadata.annotations[IS_DEFAULT] === 'true');
      must(chosen !== undefined, 'the cluster has no default StorageClass');
      await release.install();
      return chosen.allowVolumeExpansion;
    });
    const rows = await KeptRows.write(release);
    const steps = await journal.step('a larger size is refused, with the steps', async () => {
      const { code, stderr } = await release.attemptUpgrade('--set primary.persistence.size=2Gi');
      const found = /\(1\) (kubectl .*) \(2\) (kubectl .*); its pod goes on meanwhile \(3\)/.exec(stderr);
      must(code !== 0 && found !== null, `exit ${code}: ${stderr}`);
      return { patch: found[1] ?? '', orphan: found[2] ?? '' };
    });
    if (!grows) {
      const said = await journal.step(
        'the first step is refused, because this class cannot grow volumes',
        async () => {
          const { code, stderr } = await attempt(steps.patch);
          must(code !== 0, 'the claim was patched');
          return stderr.trim();
        },
      );
      journal.note(said);
    } else {
      await journal.step(`$ ${steps.patch}`, () => run(steps.patch));
    }
    // The other two never touch a volume, so they are tried in either case; the claim stays as large as the class lets it.
    const before = await release.readyPod();
    await journal.step(`$ ${steps.orphan}`, () => run(steps.orphan));
    await journal.step('the same upgrade again takes the pod over, and the rows stay', async () => {
      await release.upgrade('--set primary.persistence.size=2Gi');
      const after = await release.readyPod();
      must(
        after.uid === before.uid && after.restarts === before.restarts,
        'the pod is another, or restarted',
      );
      await rows.expect();
    });
    const capacity = await release.kubectl(
      `get pvc data-${release.name}-0 --output 'jsonpath={.spec.resources.requests.storage} asked for, {.status.capacity.storage} there'`,
    );
    journal.note(capacity);
    if (grows) must(capacity === '2Gi asked for, 2Gi there', `the claim has ${capacity}`);
    await release.uninstall();
    await release.deleteData();
  },
};
