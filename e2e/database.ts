import { attempt, run } from './command.js';
import { crashUnderLoad, crashWhileInitialising, refuseAnotherMajor } from './database-faults.js';
import { DatabaseRelease } from './database-release.js';
import { moveADatabase, operateADatabase } from './database-scenarios.js';
import { type Journal, must } from './journal.js';

/**
 * The chart on its own, on the cluster of KUBECONFIG, in a namespace of its own that enforces Pod Security "restricted".
 *
 * @param tag - of an image of another major version, for the upgrade
 * @throws what the first failed step threw; the namespace is deleted all the same
 */
export async function runDatabaseScenarios(
  journal: Journal,
  namespace: string,
  tag: string | undefined,
): Promise<void> {
  const release = new DatabaseRelease(namespace, 'shop-postgresql');
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
  try {
    journal.heading('A year of a database');
    await operateADatabase(journal, release);
    journal.heading('Into a new release');
    await moveADatabase(journal, release, tag);
    journal.heading('Crashes under load');
    await crashUnderLoad(journal, release);
    journal.heading('Another major version');
    await refuseAnotherMajor(journal, release);
    journal.heading('Crashes of the first initialisation');
    await crashWhileInitialising(journal, namespace);
  } catch (error) {
    const words = ['get pods,pvc,jobs -o wide', 'get events --sort-by=.lastTimestamp | tail -n 20'];
    for (const line of [...words, `logs ${release.name}-0 --all-containers --prefix --tail=30`]) {
      const { stdout, stderr } = await attempt(`kubectl --namespace ${namespace} ${line}`);
      console.log(`\n$ kubectl --namespace ${namespace} ${line}\n${(stdout + stderr).trim()}`);
    }
    throw error;
  } finally {
    await run(`kubectl delete namespace ${namespace} --timeout=180s`);
  }
}
