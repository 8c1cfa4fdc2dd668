import { setTimeout as pause } from 'node:timers/promises';
import { kubectl, NAMESPACE, RELEASE, rolledOut, SERVICE_NAMES } from '../cluster.js';
import { run } from '../command.js';
import { must } from '../journal.js';
import { BROKEN_VERSIONS } from './broken-versions.js';
import { databasePod, healthy, mustStillServe, podNames } from './cafe-state.js';
import type { Scenario } from './scenario.js';
import { NEW_VERSION } from './synthesize-changed.js';
import type { FaultTools } from './tools.js';

const ALL = SERVICE_NAMES.map((name) => `deployment/${name}`).join(' ');
const HELM_UPGRADE = `helm upgrade ${RELEASE} dist/helm/postgresql --namespace ${NAMESPACE} --wait --timeout 3m`;

const applied = async (tools: FaultTools, folder: string): Promise<void> => {
  await tools.inWorkspace(`kubectl apply -f ${folder}`);
  await rolledOut(180);
};

/** What operators do on a normal day. */
export const plannedScenarios: readonly Scenario[] = [
  ...SERVICE_NAMES.map((service): Scenario => ({
    name: `restart-${service}`,
    title: `Rolling restart of ${service}`,
    kind: 'planned',
    run: async (tools) => {
      tools.mark(`restart ${service}`);
      await tools.restart(service);
    },
  })),
  {
    name: 'restart-all',
    title: 'Rolling restart of all three services at once',
    kind: 'planned',
    run: async (tools) => {
      tools.mark('restart all');
      await tools.restart(...SERVICE_NAMES);
    },
  },
  {
    name: 'new-version',
    title: 'A new image version, and back to the old one',
    kind: 'planned',
    prepare: (tools) => tools.synthesizeNewVersion(),
    run: async (tools) => {
      tools.mark('new version');
      await applied(tools, NEW_VERSION);
      tools.mark('old version');
      await applied(tools, 'dist');
    },
  },
  {
    name: 'broken-versions',
    title: 'Three broken versions: an image that is not there, one that crashes, one that never answers',
    kind: 'planned',
    run: async (tools) => {
      const before = await podNames();
      tools.mark('broken versions');
      for (const [service, change] of Object.entries(BROKEN_VERSIONS)) {
        const patch = { spec: { template: { spec: { containers: [{ name: service, ...change }] } } } };
        await kubectl(`patch deployment ${service} --patch '${JSON.stringify(patch)}'`);
      }
      await pause(15_000);
      await mustStillServe(before);
      tools.mark('undone');
      await kubectl(`rollout undo ${ALL}`);
      await rolledOut(180);
    },
  },
  {
    name: 'scale',
    title: 'One service after another, from two pods to five, to one, to two',
    kind: 'planned',
    // Not all three at once: nine more processes that start in the same second are more than two cores have time for,
    // and what is measured is then the machine.
    run: async (tools) => {
      for (const replicas of [5, 1, 2]) {
        for (const service of SERVICE_NAMES) {
          tools.mark(`${service.replace('-service', '')} ${replicas}`);
          await kubectl(`scale deployment/${service} --replicas=${replicas}`);
          await kubectl(`rollout status deployment/${service} --timeout=180s`);
        }
        await healthy();
      }
    },
  },
  {
    name: 'changed-configuration',
    title: 'A changed value in the ConfigMap, and back',
    kind: 'planned',
    prepare: (tools) => tools.synthesizeChanged('configuration'),
    run: async (tools) => {
      tools.mark('changed');
      await applied(tools, tools.changedFolder('configuration'));
      tools.mark('changed back');
      await applied(tools, 'dist');
    },
  },
  {
    name: 'apply-again',
    title: 'kubectl apply and helm upgrade with nothing changed',
    kind: 'planned',
    run: async (tools) => {
      tools.mark('apply');
      await applied(tools, 'dist');
      tools.mark('helm upgrade');
      await tools.inWorkspace(HELM_UPGRADE);
    },
  },
  {
    name: 'drain-nodes',
    title: 'Each node but the database’s is cordoned, drained and given back',
    kind: 'planned',
    run: async (tools) => {
      const database = await tools.databaseNode();
      for (const node of await tools.nodes()) if (node !== database) await drain(tools, node);
    },
  },
  {
    name: 'drain-database-node',
    title: 'The database’s node is cordoned, drained and given back',
    kind: 'planned',
    run: async (tools) => {
      const node = await tools.databaseNode();
      await databaseReplaced(() => drain(tools, node));
    },
  },
  {
    name: 'database-parameter',
    title: 'helm upgrade with a changed parameter, and back: PostgreSQL restarts',
    kind: 'planned',
    run: async (tools) => {
      tools.mark('work_mem changed');
      await databaseReplaced(() =>
        tools.inWorkspace(`${HELM_UPGRADE} --set postgresqlConfiguration.work_mem=5MB`),
      );
      await pause(4000);
      tools.mark('changed back');
      // Helm keeps the values of the last time where none are given.
      await databaseReplaced(() => tools.inWorkspace(`${HELM_UPGRADE} --reset-values`));
    },
  },
  {
    name: 'rotated-password',
    title: 'The database password is rotated, and back',
    kind: 'database',
    prepare: (tools) => tools.synthesizeChanged('password'),
    run: async (tools) => {
      for (const folder of [tools.changedFolder('password'), 'dist']) {
        tools.mark(folder === 'dist' ? 'rotated back' : 'rotated');
        await tools.inWorkspace(HELM_UPGRADE.replace('dist/', `${folder}/`));
        // The kubelet looks at once, and not within three minutes: docs/deployment.md.
        await kubectl(`annotate pod ${RELEASE}-0 --overwrite looked-at="$(date)"`);
        await applied(tools, folder);
      }
    },
  },
];

/** Does what must end in another pod of the database. */
async function databaseReplaced(action: () => Promise<unknown>): Promise<void> {
  const before = await databasePod();
  await action();
  must((await databasePod()).metadata.uid !== before.metadata.uid, 'PostgreSQL was not restarted');
}

/** Takes a node's pods away, as before its repair, and gives it back. */
export async function drain(tools: FaultTools, node: string): Promise<void> {
  tools.mark(`drain ${node}`);
  await tools.disturb(
    () => run(`kubectl uncordon ${node}`),
    async () => {
      await run(`kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data --timeout=180s`);
      await pause(1000);
    },
  );
  tools.mark(`${node} is back`);
  await healthy();
}
