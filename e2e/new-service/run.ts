import { parseArgs } from 'node:util';
import { deleteNamespace, NAMESPACE } from '../cluster.js';
import { run } from '../command.js';
import { eventually, Journal, must } from '../journal.js';
import { makeWorkspace } from '../workspace.js';
import { addService, NEW_SERVICE } from './add.js';

const HELP = `Adds a service with a table of its own to a copy of this repository, in one folder and in cdk8s/cafe.ts, and tries
everything with it: types, lint, synth, check, its test, the local run, and on a cluster its image and the deploy.

  make new-service [FORCE=1]
  node --import tsx e2e/new-service/run.ts [--no-cluster] [--force]

  KUBECONFIG, REGISTRY   the cluster, and the registry that its nodes pull from

  --no-cluster   nothing that needs docker or a cluster
  --force        delete the namespace ${NAMESPACE} first, with the database's volume, when it is there`;

const { values: options } = parseArgs({
  options: {
    'no-cluster': { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

/** Where the guests of the local run go. */
const PORT = 5070;
const POINTS = 'curl -fsS -X POST http://localhost:5003/points/Ada';
const journal = new Journal();
try {
  const copy = await add();
  await prove(copy);
  await openLocally(copy);
  if (!options['no-cluster']) await deploy(copy);
} catch (error) {
  if (journal.close() === 0) console.error(error);
  process.exit(1);
}
process.exit(journal.close());

async function add(): Promise<string> {
  journal.heading('A copy with one service more');
  const copy = await journal.step('the repository is copied', () => makeWorkspace('new-service'));
  const git = 'git -c user.name=copy -c user.email=copy@localhost';
  await run(`git init --quiet && git add --all && ${git} commit --quiet -m copied`, { cwd: copy });
  await journal.step('one folder and cdk8s/cafe.ts are all that changes', async () => {
    addService(copy);
    const changed = (await run('git status --porcelain', { cwd: copy })).trimEnd();
    must(changed === ` M cdk8s/cafe.ts\n?? services/${NEW_SERVICE}/`, `these have changed:\n${changed}`);
  });
  return copy;
}

async function prove(copy: string): Promise<void> {
  journal.heading('Everything knows it');
  const changed = `services/${NEW_SERVICE} cdk8s/cafe.ts`;
  for (const line of [
    'npx tsc --noEmit',
    `npx eslint --max-warnings 0 ${changed}`,
    `npx prettier --check ${changed}`,
    'npx cdk8s synth',
    'npx cafe check',
    `npm test -- services/${NEW_SERVICE} cdk8s/environments`,
  ]) {
    await journal.step(`$ ${line}`, () =>
      run(line, { cwd: copy, timeoutSeconds: 600, env: { CDK8S_CHECK_UPGRADE: 'false' } }),
    );
  }
}

async function openLocally(copy: string): Promise<void> {
  journal.heading('On this computer');
  await journal.step('$ make up: it counts beside the others', async () => {
    const open = `node cdk8s/run.js local/up.ts --port ${PORT} --data .local/new-service`;
    const line = `${open} >up.log 2>&1 & up=$!; trap 'kill -INT $up; wait $up' EXIT
      until grep -q 'is open' up.log; do kill -0 $up || { cat up.log; exit 1; }; sleep 0.2; done; ${POINTS}`;
    const answer = await run(line, { cwd: copy, timeoutSeconds: 180 });
    must(answer.includes('"points":10'), `it answered ${answer}`);
  });
}

async function deploy(copy: string): Promise<void> {
  journal.heading('On the cluster');
  if (options.force) await deleteNamespace();
  const found = await run('kubectl get namespace --output name');
  must(
    !found.includes(`namespace/${NAMESPACE}\n`),
    `the cluster has a namespace ${NAMESPACE}; --force deletes it, with its database`,
  );
  await journal.step('$ make images push deploy', () =>
    run('make images push deploy OPEN_TO_EVERYBODY=yes', { cwd: copy, timeoutSeconds: 600 }),
  );
  await journal.step('it counts there, too', () =>
    eventually(60, async () => {
      const answer = await run(`kubectl -n ${NAMESPACE} exec deployment/${NEW_SERVICE} -- ${POINTS}`);
      must(answer.includes('"guest":"Ada"'), `it answered ${answer}`);
    }),
  );
  await journal.step(`the namespace ${NAMESPACE} is deleted`, deleteNamespace);
}
