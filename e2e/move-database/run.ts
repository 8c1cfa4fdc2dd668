import { parseArgs } from 'node:util';
import { RELEASE } from '../cluster.js';
import { noOperator } from '../faults/postgres-cluster.js';
import { bitnamiVolume, parseVolume } from './bitnami-volume.js';
import { CafeManifests } from './manifests.js';
import { DatabaseMove } from './move.js';

const HELP = `Moves the café's database from our chart to the CloudNativePG operator, or back, while the café is open.

  make move-database TO=cluster|chart [ENVIRONMENT=…] [PAUSE_SECONDS=20]

First say the new mode in cdk8s/environments.ts, and "make synth". The new side is brought up beside the old one, and a
copy is rehearsed while everybody goes on, which tells how long the pause will be. Then writes wait (reads do not) until
the copy is made, compared with the old side, and serves. When that takes longer than PAUSE_SECONDS nothing has happened,
and the old side goes on. When the command is killed, or fails: start it again, and it goes on from there. Until it says
that the old side is closed, TO=<the old one> gives up instead.

No row of the old side is written. Its volume stays; delete it when nobody misses it.

  make move-database FROM=<claim>[/<database>] TO=cluster|chart

takes over what PostgreSQL of Bitnami's image left on its volume: the folder data, of user 1001. Nobody may serve from it
any more. The volume is mounted to be read only; a pod beside it gets a copy, of which the new side is made as above. Its
tables are the café's role's then, whoever made them.

  --manifests      the folder that "make synth" wrote
  KUBECONFIG       the cluster`;

const { values: options } = parseArgs({
  options: {
    to: { type: 'string', default: '' },
    from: { type: 'string', default: '' },
    manifests: { type: 'string', default: 'dist' },
    'pause-seconds': { type: 'string', default: '20' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const wrong = (message: string): never => {
  console.error(`move-database: ${message}`);
  process.exit(2);
};
const { to, from } = options;
const pauseSeconds = Number(options['pause-seconds']);
if (!(Number.isInteger(pauseSeconds) && pauseSeconds > 0)) {
  wrong(`PAUSE_SECONDS is ${options['pause-seconds']}; it is a whole number of seconds, 1 or more.`);
}
if (to === 'external') {
  wrong(
    'to a database that somebody else runs it is done by hand: see the end of docs/decisions/move-database.md.',
  );
}
const wanted = parseVolume(from);
if (to === 'chart' && wanted.claim === `data-${RELEASE}-0`) {
  wrong(
    `the claim ${wanted.claim} has the name of the chart's own, which would take it and refuse what it holds. Move it with TO=cluster, then TO=chart once the claim is gone.`,
  );
}
if (to !== 'chart' && to !== 'cluster') wrong(`TO is "${to}"; it is cluster or chart.`);
else {
  const manifests = new CafeManifests(options.manifests);
  const reason = to === 'cluster' ? await noOperator() : undefined;
  if (reason !== undefined) wrong(reason);
  try {
    const volume =
      from === '' ? undefined : { words: from, source: bitnamiVolume(wanted, await manifests.image()) };
    await new DatabaseMove(to, manifests, pauseSeconds, volume).run();
  } catch (error) {
    console.error(`move-database: failed: ${error instanceof Error ? error.message : String(error)}`);
    console.error('move-database: start it again to go on.');
    process.exit(1);
  }
}
