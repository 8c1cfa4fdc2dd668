import { eventually, lastLine, must } from '../journal.js';
import { DatabaseRelease } from './release.js';
import type { DatabaseScenario } from './scenario.js';
import { databasePod } from './database-pod.js';

const LOOK = 'bash /etc/postgresql/scripts/serve.sh';
/** What is mounted, what is done to it before the guard looks, and what it says then. */
const VOLUMES: readonly (readonly [string, string, string, string])[] = [
  [
    'that is full from the beginning',
    '24Mi',
    LOOK,
    '24M of 24M are free on the volume, and a first database takes about 64M',
  ],
  [
    'that is full when a pod starts',
    '96Mi',
    `${LOOK}; head -c 200000000 /dev/zero >"$PGDATA/fill"; ${LOOK}`,
    'only 0 of 96M are free on the volume',
  ],
  [
    'that holds something else',
    '24Mi',
    `touch /var/lib/postgresql/data/photos; ${LOOK}`,
    'the volume is not empty and holds no database of this chart: photos',
  ],
];

/** Volumes on which a server would fail with a message that says less, or would begin with an empty database. */
export const refuseVolumes: DatabaseScenario = {
  name: 'volumes',
  title: 'Volumes that are no good',
  run: async (journal, { namespace, release }) => {
    await release.ensure();
    const other = new DatabaseRelease(namespace, 'other-postgresql');
    await journal.step('a volume is made that holds data of PostgreSQL 16', async () => {
      await other.install();
      await other.kubectl(
        `exec ${other.name}-0 --container postgres -- bash -c 'echo 16 > "$PGDATA/PG_VERSION"'`,
      );
    });
    const reason = await journal.step('the next pod refuses it, with the way out', async () => {
      await other.killPod();
      const log = await eventually(120, async () => {
        const said = await other.kubectl(`logs ${other.name}-0 --container postgres`);
        must(said.includes('refused'), `initialize says: ${said}`);
        return said;
      });
      must(
        log.includes('image.tag back to a 16 image') && log.includes('move.sh'),
        `initialize says: ${log}`,
      );
      must((await other.pod())?.ready === false, 'the pod is ready');
      return lastLine(log);
    });
    journal.note(reason);
    await other.uninstall();

    for (const [index, [title, sizeLimit, command, expected]] of VOLUMES.entries()) {
      const said = await journal.step(`a volume ${title} gets one clear line`, async () => {
        const name = `volume-${index}`;
        const volumes = [
          { name: 'data', emptyDir: { medium: 'Memory', sizeLimit } },
          { name: 'scripts', configMap: { name: release.name } },
        ];
        const pod = databasePod(name, await release.image(), ['bash', '-c', command], {
          env: [{ name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' }],
          volumes,
          volumeMounts: [
            { name: 'data', mountPath: '/var/lib/postgresql/data' },
            { name: 'scripts', mountPath: '/etc/postgresql/scripts' },
          ],
        });
        await release.kubectl('apply --filename -', JSON.stringify(pod));
        const log = await eventually(60, async () => {
          const phase = await release.kubectl(`get pod ${name} --output 'jsonpath={.status.phase}'`);
          must(phase === 'Succeeded' || phase === 'Failed', `the pod ${name} is ${phase}`);
          return release.kubectl(`logs ${name}`);
        });
        must(log.includes(expected), `it says: ${log}`);
        return lastLine(log);
      });
      journal.note(said);
    }
  },
};
