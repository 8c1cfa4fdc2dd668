import { setTimeout as pause } from 'node:timers/promises';
import { kubectl, NAMESPACE, RELEASE } from '../cluster.js';
import { run } from '../command.js';
import { databasePod, healthy } from './cafe-state.js';
import type { Scenario } from './scenario.js';
import type { FaultTools } from './tools.js';

/**
 * A disk that can be filled without filling the machine's: a file with a file system of its own. Not memory: the chart
 * refuses data that would go with the pod.
 */
const DISK = {
  name: 'cafe-small-disk',
  path: '/var/lib/cafe-small-disk',
  file: '/var/lib/cafe-small-disk.img',
  megabytes: 256,
} as const;
const CLAIM = `data-${RELEASE}-0`;
const FULL_MS = 20_000;

/** The database's disk is full. It is moved to a small one before, with an empty database, and back afterwards. */
export const fullDisk: Scenario = {
  name: 'full-disk',
  title: 'The disk of PostgreSQL is full for 20 s',
  kind: 'database',
  alert: 'any',
  // PostgreSQL ends itself when it cannot write its log, and Kubernetes begins it anew.
  restarts: /-postgresql-0\//,
  prepare: async (tools) => {
    const node = await tools.databaseNode();
    await onNode(
      tools,
      node,
      `set -e; mkdir -p ${DISK.path}; truncate --size=${DISK.megabytes}M ${DISK.file}; ` +
        `mkfs.ext4 -q ${DISK.file}; mount -o loop ${DISK.file} ${DISK.path}`,
    );
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: DISK.name },
      spec: {
        capacity: { storage: '5Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: DISK.name,
        local: { path: DISK.path },
        claimRef: { namespace: NAMESPACE, name: CLAIM },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
            ],
          },
        },
      },
    };
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: CLAIM, namespace: NAMESPACE },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: DISK.name,
        volumeName: DISK.name,
        resources: { requests: { storage: '5Gi' } },
      },
    };
    await withoutDatabase(async () => {
      await kubectl(`delete pvc ${CLAIM}`);
      await run('kubectl apply -f -', {
        stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [volume, claim] }),
      });
    });
  },
  run: async (tools) => {
    const pod = await databasePod();
    tools.mark('disk full');
    await tools.disturb(
      () => {
        tools.databaseBackAt = Date.now();
        return onNode(tools, pod.spec.nodeName, `rm -f ${DISK.path}/fill`);
      },
      async () => {
        await onNode(
          tools,
          pod.spec.nodeName,
          `dd if=/dev/zero of=${DISK.path}/fill bs=1M 2>/dev/null; true`,
        );
        await pause(FULL_MS);
      },
    );
    tools.mark('space again');
    await pause(2000);
  },
  cleanUp: async (tools) => {
    const { spec } = await databasePod();
    await withoutDatabase(async () => {
      await kubectl(`delete pvc ${CLAIM}`);
      await run(`kubectl delete pv ${DISK.name}`);
    });
    await onNode(tools, spec.nodeName, `umount ${DISK.path}; rm -rf ${DISK.path} ${DISK.file}; true`);
  },
};

/** Does something while no pod holds the volume; the pod that follows makes its database, or finds it. */
async function withoutDatabase(action: () => Promise<void>): Promise<void> {
  await kubectl(`scale statefulset ${RELEASE} --replicas=0`);
  await kubectl(`wait pod/${RELEASE}-0 --for=delete --timeout=120s`);
  await action();
  await kubectl(`scale statefulset ${RELEASE} --replicas=1`);
  // Migrations run at the start of a pod.
  await kubectl('rollout restart deployment/order-service');
  await healthy();
}

/** As the node's root, among the node's own mounts. */
function onNode(tools: FaultTools, node: string, line: string): Promise<string> {
  return tools.agent.sh(node, `nsenter --target 1 --mount -- sh -c '${line}'`);
}
