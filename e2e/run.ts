import { parseArgs } from 'node:util';
import { deleteNamespace, diagnosis, NAMESPACE } from './cluster.js';
import { Journal } from './journal.js';
import { prepare } from './preparation.js';
import { helmFirst, kubectlFirst, type Scenario } from './scenarios.js';

const HELP = `Runs the guide's commands on a real cluster, and what can happen to the café there.

  make e2e [FORCE=1]
  node --import tsx e2e/run.ts [--force] [--keep]

  KUBECONFIG   the cluster
  REGISTRY     where its nodes pull images from, such as localhost:5001 for kind's documented local registry

  --force      delete the namespace ${NAMESPACE} first, with the database's volume, when it is there
  --keep       leave the café of the last scenario in the cluster`;

const SCENARIOS: readonly (readonly [string, Scenario])[] = [
  ['Helm first, with --wait', helmFirst],
  ['kubectl apply and helm install at once', kubectlFirst],
];

const { values: options } = parseArgs({
  options: {
    force: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const journal = new Journal();
try {
  await e2e();
} catch (error) {
  process.exit(journal.fail(error));
}
process.exit(journal.close());

async function e2e(): Promise<void> {
  const workspace = await prepare(journal, options.force);
  for (const [title, scenario] of SCENARIOS) {
    journal.heading(title);
    try {
      await scenario(journal, workspace);
    } catch (error) {
      console.log(`\n${await diagnosis()}\n`);
      throw error;
    }
    if (!options.keep) {
      await journal.step(`the namespace ${NAMESPACE} is deleted`, deleteNamespace);
    } else if (title !== SCENARIOS.at(-1)?.[0]) {
      await deleteNamespace();
    }
  }
}
