import { deleteNamespace, NAMESPACE, namespaceExists } from './cluster.js';
import { attempt, run } from './command.js';
import { type Journal, must } from './journal.js';
import { preloadImages } from './preload.js';
import { makeWorkspace } from './workspace.js';

/**
 * Everything before the first scenario: the tools and the cluster answer, the namespace is free, and a copy of the
 * repository has images on every node and manifests that name them.
 *
 * @param force - whether a café that is there already is deleted, with its data
 * @returns the copy's folder
 */
export async function prepare(journal: Journal, force: boolean): Promise<string> {
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
      force || !(await namespaceExists()),
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
  return workspace;
}
