import { attempt } from './command.js';
import { openCafeProblem } from './local-cluster.js';
import { CafeManifests } from './move-database/manifests.js';
import { findService } from './move-database/sides.js';

// Stops `make deploy` where it would open a café to strangers, or lead it away from its orders.

const [, , environment = 'local', manifests = 'dist'] = process.argv;
const { stdout, stderr, code } = await attempt('kubectl config current-context');
const problem =
  code === 0
    ? (openCafeProblem({
        environment,
        context: stdout.trim(),
        saidSo: process.env['OPEN_TO_EVERYBODY'] === 'yes',
      }) ?? (await otherDatabaseProblem()))
    : `kubectl does not say which cluster is meant: ${stderr.trim()}`;
if (problem !== undefined) {
  console.error(`\n${problem}\n`);
  process.exit(1);
}

/** The Service would lead to a database without the orders, and they would stay in the other one. */
async function otherDatabaseProblem(): Promise<string | undefined> {
  const { mode } = new CafeManifests(manifests);
  const now = await findService();
  if (now === undefined || mode === 'external' || now.to === mode) return undefined;
  return `The café's orders are in the mode "${now.to}", and ${manifests} is for "${mode}". Bring them over first: make move-database TO=${mode}`;
}
