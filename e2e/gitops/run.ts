import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deleteNamespace, diagnosis, NAMESPACE } from '../cluster.js';
import { attempt } from '../command.js';
import { changedFolder, synthesizeChanged } from '../faults/synthesize-changed.js';
import { Journal, must } from '../journal.js';
import { prepare } from '../preparation.js';
import { argocd } from './argocd.js';
import { autoscaling } from './autoscaling.js';
import type { GitOps } from './controller.js';
import { flux, fluxOci } from './flux.js';
import { PlacedOrders } from './orders.js';
import { deletePointers, knownPointers, presentPointers, statuses } from './pointers.js';
import { BRANCH } from './repository.js';

const HELP = `From a commit, or from what is pushed to a registry, to a served order by a controller; then what it applies is deleted,
pruned and made again in several orders, and no order may be lost. With --autoscale instead: under a crowd the autoscaler makes
five pods of two of each service, and two again when it is gone. No click may fail, nobody else may write anything, and then for
some minutes nobody anything.

  make e2e-gitops GIT_URL=https://… [FORCE=1] [CONTROLLERS="flux flux-oci argocd"] [AUTOSCALE=1 [QUIET_MINUTES=15]]
  node --import tsx e2e/gitops/run.ts [--force] [--autoscale [--quiet-minutes 15]] [flux] [flux-oci] [argocd]

  KUBECONFIG     a cluster with Flux (source- and kustomize-controller) or Argo CD; the one that is not there is left out
  REGISTRY       where its nodes pull images from; flux-oci pushes to a folder of it, e2e-…, which stays
  PODS_REGISTRY  flux-oci: the same as the cluster's pods reach it, when they do so by another name
  GIT_URL        flux, argocd: a repository that this machine may push to and the cluster reads without a password; the
                 branch ${BRANCH} of it is written, and deleted at the end

  --autoscale      the cluster needs a metrics-server for it
  --quiet-minutes  for which nothing but status may be written (default: 2)
  --force          delete the namespace ${NAMESPACE} first, with the database's volume, when it is there`;

const CONTROLLERS: Readonly<Record<string, GitOps>> = { flux, 'flux-oci': fluxOci, argocd };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    autoscale: { type: 'boolean', default: false },
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    'quiet-minutes': { type: 'string', default: '2' },
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
  must(
    Number(options['quiet-minutes']) >= 0,
    `--quiet-minutes is ${options['quiet-minutes']}; it is a number of minutes`,
  );
  const workspace = await prepare(journal, options.force);
  if (options.autoscale) {
    await journal.step('$ npx cdk8s synth, with an autoscaler for each service', async () => {
      await synthesizeChanged('autoscaler', workspace);
      cpSync(
        join(workspace, changedFolder('autoscaler'), 'deployments.yaml'),
        join(workspace, 'dist', 'deployments.yaml'),
      );
    });
  }
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
    const surroundings = { pointers, source, workspace };
    await controller.install(journal, surroundings);
    if (options.autoscale) {
      await autoscaling(journal, controller.title, Number(options['quiet-minutes']));
    } else {
      const orders = new PlacedOrders(journal);
      await orders.expectAll();
      await controller.deletions(journal, surroundings, orders);
    }
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
