import { parseArgs } from 'node:util';
import { deleteNamespace, diagnosis, NAMESPACE, namespaceExists } from './cluster.js';
import { attempt, run } from './command.js';
import { Journal, must } from './journal.js';
import { preloadImages } from './preload.js';
import { helmFirst, kubectlFirst, type Scenario } from './scenarios.js';
import { makeWorkspace } from './workspace.js';

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
  // Whatever a step threw is printed; anything else must not get lost.
  if (journal.close() === 0) console.error(error);
  process.exit(1);
}
process.exit(journal.close());

async function e2e(): Promise<void> {
  journal.heading('What is needed');
  await journal.step('kubectl, helm and docker are there, and the cluster answers', async () => {
    for (const tool of ['kubectl version --client', 'helm version', 'docker version']) {
      const { code, stderr } = await attempt(tool, { timeoutSeconds: 20 });
      must(code === 0, `"${tool}" failed: ${stderr.trim()}`);
    }
    const { code, stderr } = await attempt('kubectl get --raw /readyz', { timeoutSeconds: 20 });
    must(code === 0, `the cluster of KUBECONFIG does not answer: ${stderr.trim()}`);
    must(
      Boolean(process.env['REGISTRY']),
      'REGISTRY is not set; it names the registry that the nodes pull from, such as localhost:5001',
    );
  });
  await journal.step(`the namespace ${NAMESPACE} is free`, async () => {
    must(
      options.force || !(await namespaceExists()),
      `the cluster already has the namespace ${NAMESPACE}, and these tests delete it with its data. Take another cluster, or say FORCE=1.`,
    );
    await deleteNamespace();
  });

  journal.heading('Images and manifests');
  const workspace = await journal.step(
    'the repository is copied, so that its own dist stays as it is',
    makeWorkspace,
  );
  const inWorkspace = (line: string) => () => run(line, { cwd: workspace, timeoutSeconds: 600 });
  await journal.step('$ make images', inWorkspace('make images'));
  await journal.step('$ make push', inWorkspace('make push'));
  await journal.step('$ npx cdk8s synth', inWorkspace('npx cdk8s synth'));
  await journal.step('the images are on every node', async () => {
    const images = await run(
      `grep -rhoE '^ +image: .+' dist/deployments.yaml | sed 's/ *image: //' | sort -u; ` +
        `helm template cafe-lumiere-postgresql dist/helm/postgresql | grep -oE 'image: .+' | sed 's/image: //; s/"//g' | sort -u`,
      { cwd: workspace },
    );
    await preloadImages([...new Set(images.trim().split('\n'))]);
  });

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
