import { setTimeout as pause } from 'node:timers/promises';
import { kubectl, SERVICE_NAMES } from '../cluster.js';
import { run } from '../command.js';
import { eventually, must } from '../journal.js';
import { healthy } from './cafe-state.js';
import { missingNodeCommands, toNode } from './node-commands.js';
import type { Scenario } from './scenario.js';
import type { FaultTools } from './tools.js';

/**
 * How long a node is without power, or a cable is pulled, in milliseconds: longer than Kubernetes takes to notice, and to
 * make the lost pods anew elsewhere.
 */
const NODE_AWAY_MS = 75_000;

/** Something that has a second one is lost without a warning. */
export const replicaScenarios: readonly Scenario[] = [
  ...SERVICE_NAMES.flatMap((service): Scenario[] => [
    {
      name: `kill-${service}`,
      title: `The process of one ${service} is killed`,
      kind: 'replica',
      restarts: new RegExp(`/${service}$`),
      run: async (tools) => {
        const pod = await tools.podOf(service);
        tools.mark(`SIGKILL ${service}`);
        await tools.signal(pod, service, 'KILL');
        await pause(1000);
      },
    },
    {
      name: `delete-${service}`,
      title: `A pod of ${service} is deleted by force`,
      kind: 'replica',
      run: async (tools) => {
        const { metadata } = await tools.podOf(service);
        tools.mark(`delete a ${service}`);
        await kubectl(`delete pod ${metadata.name} --grace-period=0 --force`);
      },
    },
    {
      name: `freeze-${service}`,
      title: `The process of one ${service} stands still for 20 s`,
      kind: 'replica',
      run: async (tools) => {
        const pod = await tools.podOf(service);
        tools.mark(`freeze a ${service}`);
        await tools.freeze(pod, service, 20_000);
        tools.mark('thaw');
      },
    },
    {
      name: `delete-all-${service}`,
      title: `All pods of ${service} are deleted by force`,
      kind: 'replica',
      run: async (tools) => {
        tools.mark(`delete all ${service}`);
        await kubectl(`delete pods -l app=${service} --grace-period=0 --force`);
      },
    },
  ]),
  {
    name: 'delete-dns',
    title: 'All pods of the cluster’s DNS are deleted by force',
    kind: 'replica',
    run: async (tools) => {
      tools.mark('delete DNS');
      await run('kubectl -n kube-system delete pods -l k8s-app=kube-dns --grace-period=0 --force');
      await run('kubectl -n kube-system wait pods -l k8s-app=kube-dns --for=condition=Ready --timeout=120s');
    },
  },
  {
    name: 'power-failure',
    title: 'A node that the database is not on loses its power for 75 s',
    kind: 'replica',
    restarts: /./,
    cannot: () => missingNodeCommands(['stop', 'start']),
    run: async (tools) => {
      const node = await busiestNodeWithout(tools, await tools.databaseNode());
      await lose(tools, node, 'stop', 'start', 'power fails');
    },
  },
  {
    name: 'power-failure-database',
    title: 'The database’s node loses its power for 75 s',
    kind: 'database',
    alert: 'OrdersStored',
    restarts: /./,
    cannot: () => missingNodeCommands(['stop', 'start']),
    run: async (tools) => {
      await lose(tools, await tools.databaseNode(), 'stop', 'start', 'power fails');
    },
  },
  {
    name: 'cut-link',
    title: 'The network cable of a node that the database is not on is pulled for 75 s',
    kind: 'replica',
    cannot: () => missingNodeCommands(['cut', 'heal']),
    run: async (tools) => {
      const node = await busiestNodeWithout(tools, await tools.databaseNode());
      await lose(tools, node, 'cut', 'heal', 'cable pulled');
    },
  },
];

/** The node with the most of the café's pods, so that something is lost there. */
async function busiestNodeWithout(tools: FaultTools, database: string): Promise<string> {
  const counts = new Map((await tools.nodes()).map((node) => [node, 0]));
  counts.delete(database);
  const pods = (await kubectl(`get pods -o jsonpath='{.items[*].spec.nodeName}'`)).trim().split(' ');
  for (const node of pods) if (counts.has(node)) counts.set(node, (counts.get(node) ?? 0) + 1);
  const [busiest] = [...counts].sort(([, one], [, other]) => other - one);
  must(busiest !== undefined, 'the cluster has one node only');
  return busiest[0];
}

export async function lose(
  tools: FaultTools,
  node: string,
  take: 'stop' | 'cut',
  give: 'start' | 'heal',
  words: string,
): Promise<void> {
  tools.mark(`${node}: ${words}`);
  await tools.disturb(
    () => toNode(give, node),
    async () => {
      await toNode(take, node);
      await pause(NODE_AWAY_MS);
    },
  );
  tools.mark(`${node} is back`);
  await eventually(120, async () => {
    const ready = await run(
      `kubectl get node ${node} -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}'`,
    );
    must(ready === 'True', `${node} is not ready again`);
  });
  await healthy();
}
