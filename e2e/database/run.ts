import { parseArgs } from 'node:util';
import { attempt, run } from '../command.js';
import { Journal, must } from '../journal.js';
import { DatabaseRelease } from './release.js';
import type { DatabaseSurroundings } from './scenario.js';
import { databaseScenarios, databaseScenariosNamed } from './scenarios.js';

const HELP = `Does to the database's chart what operators and misfortune do, on a real cluster, without the café.

  make e2e-database [SCENARIOS="operate crash …"] [DATABASE_NAMESPACE=…] [UPGRADE_TO=18-trixie] [EXPORTER_IMAGE=…]
  node --import tsx e2e/database/run.ts [--namespace NAME] [--upgrade-to TAG] [--exporter-image IMAGE] [scenario …]

  scenario          only these: ${databaseScenarios.map(({ name }) => name).join(', ')}
  --namespace       one that is made for the tests and deleted, and so is NAME-external (default postgresql-e2e)
  --upgrade-to      a tag of the database's image of another major version, which the nodes can pull; without it the
                    move into a new release is one to another size
  --exporter-image  registry/repository:tag of a postgres_exporter that the nodes can pull; without it no metrics are read

  KUBECONFIG        the cluster
  NODE_STOP_COMMAND, NODE_START_COMMAND
                    take a node's power, and give it back; the node's name is added. For kind: "docker kill",
                    "docker start". Without them no node is lost`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    namespace: { type: 'string', default: 'postgresql-e2e' },
    'upgrade-to': { type: 'string' },
    'exporter-image': { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const journal = new Journal();
try {
  await tryAll();
} catch (error) {
  process.exit(journal.fail(error));
}
process.exit(journal.close());

async function tryAll(): Promise<void> {
  const chosen = databaseScenariosNamed(positionals);
  const { namespace } = options;
  const surroundings: DatabaseSurroundings = {
    namespace,
    release: new DatabaseRelease(namespace, 'shop-postgresql'),
    upgradeTo: options['upgrade-to'],
    exporterImage: options['exporter-image'],
  };
  journal.heading('What is needed');
  await journal.step(`the namespace ${namespace} is free, and made`, async () => {
    const { code } = await attempt(`kubectl get namespace ${namespace} --output name`);
    must(
      code !== 0,
      `the cluster already has the namespace ${namespace}, and these tests delete theirs. Take another: --namespace`,
    );
    await run(`kubectl create namespace ${namespace}`);
    await run(`kubectl label namespace ${namespace} pod-security.kubernetes.io/enforce=restricted`);
  });
  const skipped: string[] = [];
  try {
    for (const scenario of chosen) {
      journal.heading(scenario.title);
      const reason = await scenario.cannot?.(surroundings);
      if (reason === undefined) {
        await scenario.run(journal, surroundings);
      } else {
        skipped.push(scenario.name);
        console.log(`  - skipped, because ${reason}`);
      }
    }
  } catch (error) {
    await diagnose(namespace);
    throw error;
  } finally {
    await run(`kubectl delete namespace ${namespace} --timeout=180s`);
    if (skipped.length > 0) console.log(`\n${skipped.length} skipped: ${skipped.join(', ')}`);
  }
}

async function diagnose(namespace: string): Promise<void> {
  for (const line of [
    'get pods,pvc,jobs -o wide',
    'get events --sort-by=.lastTimestamp | tail -n 20',
    'logs --selector app.kubernetes.io/component=primary --all-containers --prefix --tail=30',
  ]) {
    const { stdout, stderr } = await attempt(`kubectl --namespace ${namespace} ${line}`);
    console.log(`\n$ kubectl --namespace ${namespace} ${line}\n${(stdout + stderr).trim()}`);
  }
}
