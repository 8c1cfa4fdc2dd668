import { setTimeout as pause } from 'node:timers/promises';
import { kubectl } from '../cluster.js';
import { eventually, must } from '../journal.js';
import { type CafePod, cafePods, databasePod, healthy, isInstance, isReady } from './cafe-state.js';
import { missingNodeCommands, toNode } from './node-commands.js';
import { drain } from './planned.js';
import {
  anotherPrimaryThan,
  CLUSTER_IMAGES,
  operator,
  operatorRolledOut,
  patchCluster,
  scaleOperator,
} from './postgres-cluster.js';
import { lose } from './replica.js';
import type { Scenario } from './scenario.js';
import type { FaultTools } from './tools.js';

/** Longer than Kubernetes takes to notice, and the operator to make a new primary, in milliseconds. */
const AWAY_MS = 60_000;
/** With a second one ready, in milliseconds; and from when Kubernetes has noticed. */
const PROCESS_LIMIT_MS = 6000;
const MACHINE_LIMIT_MS = 10_000;
/**
 * How long the primary stands still, in milliseconds. The operator asks one that is not ready how it is, and waits for 30 s
 * (docs/decisions/cloudnative-pg.md), so no other is made the primary: it goes on by itself, and is waited for.
 */
const FROZEN_MS = 20_000;

/**
 * How long the operator has asked nobody before a machine is lost, in milliseconds, as on most days: an instance ends a
 * connection of the operator's that is idle for 20 s. On one that is kept, its question to a lost machine waits for 30 s
 * (docs/decisions/cloudnative-pg.md).
 */
const IDLE_MS = 25_000;

/** Its container begins anew as a standby. */
const FORMER_PRIMARY = /\/postgres$/;

/** The same café with three PostgreSQLs of the operator: nothing that happens to one of them may be seen for long. */
export const clusterScenarios: readonly Scenario[] = [
  {
    name: 'cluster-switchover',
    title: 'An operator makes a standby the primary',
    kind: 'planned',
    database: 'cluster',
    restarts: FORMER_PRIMARY,
    run: async (tools) => {
      const former = (await databasePod()).metadata.name;
      const { metadata } = await standby();
      tools.mark('switchover');
      await promote(metadata.name);
      await anotherPrimaryThan(former);
      tools.mark('new primary');
    },
  },
  {
    name: 'cluster-drain-primary',
    title: 'The primary’s node is cordoned, drained and given back',
    kind: 'planned',
    database: 'cluster',
    comparedWith: 'drain-database-node',
    restarts: FORMER_PRIMARY,
    run: async (tools) => {
      const { metadata, spec } = await databasePod();
      await drain(tools, spec.nodeName);
      await anotherPrimaryThan(metadata.name);
    },
  },
  {
    name: 'cluster-parameter',
    title: 'A changed parameter that every PostgreSQL is restarted for, and back',
    kind: 'planned',
    database: 'cluster',
    comparedWith: 'database-parameter',
    restarts: FORMER_PRIMARY,
    run: async (tools) => {
      for (const [value, words] of [
        ['96MB', 'shared_buffers changed'],
        ['128MB', 'changed back'],
      ] as const) {
        tools.mark(words);
        await patchCluster({ spec: { postgresql: { parameters: { shared_buffers: value } } } });
        // The operator has to see it first.
        await pause(5000);
        await healthy();
      }
    },
  },
  {
    name: 'cluster-image',
    title: 'Another image of PostgreSQL, and back',
    kind: 'planned',
    database: 'cluster',
    restarts: FORMER_PRIMARY,
    run: async (tools) => {
      for (const [words, imageName] of [
        ['other image', CLUSTER_IMAGES.other],
        ['the usual one', CLUSTER_IMAGES.usual],
      ] as const) {
        tools.mark(words);
        await patchCluster({ spec: { imageName } });
        await pause(5000);
        await healthy();
      }
    },
  },
  {
    name: 'cluster-operator-restart',
    title: 'The operator is restarted',
    kind: 'planned',
    database: 'cluster',
    run: async (tools) => {
      tools.mark('restart the operator');
      await operator('rollout restart');
      await operatorRolledOut();
    },
  },
  {
    name: 'cluster-operator-away',
    title: 'The operator is away for 60 s',
    kind: 'planned',
    database: 'cluster',
    run: async (tools) => {
      tools.mark('operator gone');
      await tools.disturb(
        () => scaleOperator('there'),
        async () => {
          await scaleOperator('away');
          await pause(AWAY_MS);
        },
      );
      tools.mark('operator back');
      await operatorRolledOut();
    },
  },
  {
    name: 'cluster-kill-primary',
    title: 'The primary is killed',
    kind: 'replica',
    database: 'cluster',
    comparedWith: 'kill-postgresql',
    restarts: FORMER_PRIMARY,
    worstClickMs: PROCESS_LIMIT_MS,
    prepare: whoseContainerIsNew,
    run: async (tools) => {
      const pod = await databasePod();
      tools.mark('SIGKILL the primary');
      await tools.signal(pod, 'postgres', 'KILL');
      await pause(3000);
    },
  },
  {
    name: 'cluster-delete-primary',
    title: 'The primary’s pod is deleted by force',
    kind: 'replica',
    database: 'cluster',
    comparedWith: 'delete-postgresql',
    restarts: FORMER_PRIMARY,
    worstClickMs: PROCESS_LIMIT_MS,
    run: async (tools) => {
      const { metadata } = await databasePod();
      tools.mark('delete the primary');
      await kubectl(`delete pod ${metadata.name} --grace-period=0 --force`);
      await anotherPrimaryThan(metadata.name);
      tools.mark('new primary');
    },
  },
  {
    name: 'cluster-freeze-primary',
    title: 'The primary stands still for 20 s',
    kind: 'replica',
    alert: 'any',
    database: 'cluster',
    comparedWith: 'freeze-postgresql',
    restarts: FORMER_PRIMARY,
    worstClickMs: FROZEN_MS,
    run: async (tools) => {
      const pod = await databasePod();
      tools.mark('freeze the primary');
      const noticed = untilNoticed(tools, pod);
      await tools.freeze(pod, 'postgres', FROZEN_MS);
      tools.mark('thaw');
      await noticed;
      await oneTakesWrites(tools);
    },
  },
  {
    name: 'cluster-cut-primary',
    title: 'The network cable of the primary’s node is pulled for 75 s',
    kind: 'replica',
    alert: 'any',
    database: 'cluster',
    worstClickMs: MACHINE_LIMIT_MS,
    restarts: /./,
    cannot: () => missingNodeCommands(['cut', 'heal']),
    prepare: () => pause(IDLE_MS),
    run: async (tools) => {
      const pod = await databasePod();
      const noticed = untilNoticed(tools, pod);
      await lose(tools, pod.spec.nodeName, 'cut', 'heal', 'cable pulled');
      await noticed;
      await oneTakesWrites(tools);
    },
  },
  {
    name: 'cluster-power-failure',
    title: 'The primary’s node loses its power for 75 s',
    kind: 'replica',
    alert: 'any',
    database: 'cluster',
    comparedWith: 'power-failure-database',
    worstClickMs: MACHINE_LIMIT_MS,
    restarts: /./,
    cannot: () => missingNodeCommands(['stop', 'start']),
    prepare: () => pause(IDLE_MS),
    run: async (tools) => {
      const pod = await databasePod();
      const noticed = untilNoticed(tools, pod);
      await lose(tools, pod.spec.nodeName, 'stop', 'start', 'power fails');
      await noticed;
    },
  },
  {
    name: 'cluster-two-nodes',
    title: 'Two of three nodes lose their power for 45 s, the primary’s among them',
    kind: 'replica',
    // Where every frontend or every order-service is on them, nobody is left who counts, and the alert for that waits for longer.
    alert: 'any',
    database: 'cluster',
    restarts: /./,
    cannot: () => missingNodeCommands(['stop', 'start']),
    run: async (tools) => {
      const { metadata, spec } = await databasePod();
      const other = (await tools.nodes()).find((node) => node !== spec.nodeName) ?? '';
      const both = [spec.nodeName, other];
      tools.mark(`${both.join(', ')}: power fails`);
      await tools.disturb(
        async () => {
          for (const node of both) await toNode('start', node);
        },
        async () => {
          for (const node of both) await toNode('stop', node);
          await pause(45_000);
          // The standby that is left may lack what only the other one confirmed.
          const { metadata: now } = await databasePod();
          must(now.name === metadata.name, `${now.name} was promoted, and may lack acknowledged orders`);
        },
      );
      tools.mark('both are back');
    },
  },
];

/** What `kubectl cnpg promote` does. */
const promote = (instance: string): Promise<void> =>
  patchCluster(
    {
      status: {
        targetPrimary: instance,
        targetPrimaryTimestamp: new Date().toISOString(),
        phase: 'Switchover in progress',
        phaseReason: `Switching over to ${instance}`,
      },
    },
    'status',
  );

/**
 * Sees to it that the primary is one whose container has not ended here before: the kubelet begins one that ends a second time
 * within ten minutes only after 10 s (CrashLoopBackOff), and measured would be that.
 */
async function whoseContainerIsNew(): Promise<void> {
  const isNew = ({ status }: CafePod): boolean =>
    status.containerStatuses.every(({ restartCount }) => restartCount === 0);
  const former = await databasePod();
  if (isNew(former)) return;
  const other = (await cafePods('cnpg.io/podRole=instance')).find((pod) => isReady(pod) && isNew(pod));
  must(other !== undefined, 'the containers of all instances have ended before');
  await promote(other.metadata.name);
  await anotherPrimaryThan(former.metadata.name);
  await healthy();
}

/** A ready pod of a standby. */
async function standby(): Promise<CafePod> {
  const { metadata } = await databasePod();
  const found = (await cafePods()).find(
    (pod) => isInstance(pod) && pod.metadata.name !== metadata.name && isReady(pod),
  );
  must(found !== undefined, 'no standby is ready');
  return found;
}

/** Waits until Kubernetes says that the pod is not ready, or is gone, and keeps how long that took from now. */
async function untilNoticed(tools: FaultTools, { metadata }: CafePod): Promise<void> {
  const from = Date.now();
  await eventually(
    90,
    async () => {
      const pod = (await cafePods('cnpg.io/podRole=instance')).find(
        (each) => each.metadata.uid === metadata.uid,
      );
      must(pod === undefined || !isReady(pod), `${metadata.name} is called ready still`);
    },
    200,
  );
  tools.noticed ??= Date.now() - from;
  tools.mark('noticed');
}

/** Asks every instance itself to take a change, in whatever state it is. At most the primary does. */
async function oneTakesWrites(tools: FaultTools): Promise<void> {
  const primary = (await databasePod()).metadata.name;
  const statement = 'begin; create table of_a_second_primary (); rollback';
  for (const { metadata } of await cafePods('cnpg.io/podRole=instance')) {
    const taken = await kubectl(
      `exec ${metadata.name} -c postgres -- timeout 5 psql -U postgres -d cafe_lumiere -XAtqc "${statement}" 2>/dev/null && echo taken || true`,
    );
    must(
      metadata.name === primary || !taken.includes('taken'),
      `${metadata.name} took a change, and ${primary} is the primary`,
    );
  }
  tools.mark('one takes changes');
}
