import { parseArgs } from 'node:util';
import { deleteNamespace, diagnosis, NAMESPACE } from '../cluster.js';
import { attempt } from '../command.js';
import { Journal, must } from '../journal.js';
import { prepare } from '../preparation.js';
import { argocd } from './argocd.js';
import type { GitOps } from './controller.js';
import { flux, fluxOci } from './flux.js';
import { deletePointers, knownPointers, presentPointers, statuses } from './pointers.js';
import { BRANCH } from './repository.js';

const HELP = `From a commit, or from what is pushed to a registry, to a served order by a controller; then what it applies is deleted,
pruned and made again in several orders, and no order may be lost.

  make e2e-gitops GIT_URL=https://… [FORCE=1] [CONTROLLERS="flux flux-oci argocd"]
  node --import tsx e2e/gitops/run.ts [--force] [flux] [flux-oci] [argocd]

  KUBECONFIG     a cluster with Flux (source- and kustomize-controller) or Argo CD; the one that is not there is left out
  REGISTRY       where its nodes pull images from; flux-oci pushes to a folder of it, e2e-…, which stays
  PODS_REGISTRY  flux-oci: the same as the cluster's pods reach it, when they do so by another name
  GIT_URL        flux, argocd: a repository that this machine may push to and the cluster reads without a password; the
                 branch ${BRANCH} of it is written, and deleted at the end

  --force        delete the namespace ${NAMESPACE} first, with the database's volume, when it is there`;

const CONTROLLERS: Readonly<Record<string, GitOps>> = { flux, 'flux-oci': fluxOci, argocd };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    force: { type: 'boolean', default: false },
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
  const chosen = (positionals.length > 0 ? positionals : Object.keys(CONTROLLERS)).map((name) => {
    const controller = CONTROLLERS[name];
    must(
      controller !== undefined,
      `there is no "${name}"; there are: ${Object.keys(CONTROLLERS).join(', ')}`,
    );
    return controller;
  });
  const workspace = await prepare(journal, options.force);
  for (const controller of chosen) await withController(controller, workspace);
}

async function withController(controller: GitOps, workspace: string): Promise<void> {
  journal.heading(controller.title);
  for (const kind of controller.needs) {
    if ((await attempt(`kubectl get crd ${kind} -o name`)).code !== 0) {
      journal.note(`left out: the cluster has no ${kind}`);
      return;
    }
  }
  const source = await controller.begin(journal, workspace);
  const pointers = await knownPointers(controller.pointers(source));
  await journal.step('nothing of it is there yet', async () => {
    const present = await presentPointers(pointers);
    must(
      present.length === 0,
      `these tests would overwrite ${present.join(', ')}; take another cluster, or delete them`,
    );
  });
  try {
    await controller.run(journal, { pointers, source, workspace });
  } catch (error) {
    console.log(`\n${await statuses(pointers)}\n\n${await diagnosis()}\n`);
    throw error;
  } finally {
    journal.heading(`${controller.title}: nothing is left`);
    await journal.step('what was told it, its source and the namespace are deleted', async () => {
      // A project is needed until its Applications have taken down what they applied.
      await deletePointers([...pointers].reverse());
      await source.end();
      await deleteNamespace();
    });
  }
}
