import { attempt } from './command.js';
import { openCafeProblem } from './local-cluster.js';

// Stops `make deploy` where it would open a café to strangers: the environment is the only word.

const [, , environment = 'local'] = process.argv;
const { stdout, stderr, code } = await attempt('kubectl config current-context');
const problem =
  code === 0
    ? openCafeProblem({
        environment,
        context: stdout.trim(),
        saidSo: process.env['OPEN_TO_EVERYBODY'] === 'yes',
      })
    : `kubectl does not say which cluster is meant: ${stderr.trim()}`;
if (problem !== undefined) {
  console.error(`\n${problem}\n`);
  process.exit(1);
}
