import { parseArgs } from 'node:util';
import { deleteNamespace, diagnosis, NAMESPACE } from '../cluster.js';
import { attempt } from '../command.js';
import { Journal, must } from '../journal.js';
import { prepare } from '../preparation.js';
import { argocd } from './argocd.js';
import { autoscaling, prepareAutoscaling } from './autoscaling.js';
import type { GitOps, Surroundings } from './controller.js';
import { flux, fluxOci } from './flux.js';
import { gateway, prepareGateway } from './gateway.js';
import { GATEWAY_EVENT_NAMES, gatewayEvents } from './gateway-events.js';
import { PlacedOrders } from './orders.js';
import { deletePointers, knownPointers, presentPointers, statuses } from './pointers.js';
import { BRANCH } from './repository.js';

const HELP = `From a commit, or from what is pushed to a registry, to a served order by a controller. Then one of these scenarios:

  deletions    what it applies is deleted, pruned and made again in several orders, and no order may be lost (the default)
  autoscaling  a crowd makes five pods of two of each service, and when it is gone there are two; no click and
               no request through a Gateway fails, nobody but the autoscaler writes anything, and then for some minutes nobody
               does (needs a metrics-server, and Traefik as below)
  gateway      under load, through a Gateway with TLS: a new version, another configuration, broken versions, their reverts, a
               rotated password, a renewed certificate, a rollout of the gateway, the controller away; not one click and not one
               request fails (needs Traefik as GatewayClass, in traefik; the event "gateway" says what else)

  make e2e-gitops GIT_URL=https://… [FORCE=1] [CONTROLLERS="flux flux-oci argocd"] [SCENARIO=…] [EVENTS=…] [QUIET_MINUTES=15]
  node --import tsx e2e/gitops/run.ts [--force] [--scenario …] [--events …] [--quiet-minutes 15] [flux] [flux-oci] [argocd]

  KUBECONFIG     a cluster with Flux (source- and kustomize-controller) or Argo CD; the one that is not there is left out
  REGISTRY       where its nodes pull images from; flux-oci pushes to a folder of it, e2e-…, which stays
  PODS_REGISTRY  flux-oci: the same as the cluster's pods reach it, when they do so by another name
  GIT_URL        flux, argocd: a repository that this machine may push to and the cluster reads without a password; the
                 branch ${BRANCH} of it is written, and deleted at the end

  --events         gateway: those of "${GATEWAY_EVENT_NAMES.join(' ')}" that happen, in this order (default: all)
  --quiet-minutes  autoscaling: for which nothing but status may be written (default: 2)
  --force          delete the namespace ${NAMESPACE} first, with the database's volume, when it is there`;

const CONTROLLERS: Readonly<Record<string, GitOps>> = { flux, 'flux-oci': fluxOci, argocd };

/** What is done to a café that a controller has applied. */
interface Scenario {
  readonly prepare: (journal: Journal, workspace: string) => Promise<void>;
  readonly run: (journal: Journal, controller: GitOps, surroundings: Surroundings) => Promise<void>;
}
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  deletions: {
    prepare: () => Promise.resolve(),
    run: async (journal, controller, surroundings) => {
      const orders = new PlacedOrders(journal);
      await orders.expectAll();
      await controller.deletions(journal, surroundings, orders);
    },
  },
  autoscaling: {
    prepare: prepareAutoscaling,
    run: (journal, { title }, { workspace }) =>
      autoscaling(journal, title, workspace, Number(options['quiet-minutes'])),
  },
  gateway: {
    prepare: (journal, workspace) => prepareGateway(journal, workspace, gatewayEvents(options.events)),
    run: (journal, controller, surroundings) =>
      gateway(journal, controller, surroundings, gatewayEvents(options.events)),
  },
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    force: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    scenario: { type: 'string', default: 'deletions' },
    events: { type: 'string', default: '' },
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
  process.exit(journal.fail(error));
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
  gatewayEvents(options.events);
  const scenario = SCENARIOS[options.scenario];
  must(
    scenario !== undefined,
    `there is no scenario "${options.scenario}"; there are: ${Object.keys(SCENARIOS).join(', ')}`,
  );
  const workspace = await prepare(journal, options.force);
  for (const controller of chosen) await withController(controller, scenario, workspace);
}

async function withController(controller: GitOps, scenario: Scenario, workspace: string): Promise<void> {
  journal.heading(controller.title);
  for (const kind of controller.needs) {
    if ((await attempt(`kubectl get crd ${kind} -o name`)).code !== 0) {
      journal.note(`left out: the cluster has no ${kind}`);
      return;
    }
  }
  await scenario.prepare(journal, workspace);
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
    await scenario.run(journal, controller, surroundings);
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
