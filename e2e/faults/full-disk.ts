import { setTimeout as pause } from 'node:timers/promises';
import { kubectl, NAMESPACE, RELEASE } from '../cluster.js';
import { run } from '../command.js';
import { databasePod, healthy } from './cafe-state.js';
import type { Scenario } from './scenario.js';
import type { FaultTools } from './tools.js';

/** A disk that can be filled without filling the machine's: memory of the node, mounted there. */
const DISK = { name: 'cafe-small-disk', path: '/var/lib/cafe-small-disk', megabytes: 256 } as const;
const CLAIM = `data-${RELEASE}-0`;
const FULL_MS = 20_000;

/** The database's disk is full. It is moved to a small one before, with an empty database, and back afterwards. */
export const fullDisk: Scenario = {
  name: 'full-disk',
  title: 'The disk of PostgreSQL is full for 20 s',
  kind: 'database',
  // PostgreSQL ends itself when it cannot write its log, and Kubernetes begins it anew.
  restarts: /-postgresql-0\//,
  prepare: async (tools) => {
    const node = await tools.databaseNode();
    const onNode = `nsenter --target 1 --mount --`;
    await tools.agent.sh(
      node,
      `set -e; mkdir -p /proc/1/root${DISK.path}; ${onNode} mount -t tmpfs -o size=${DISK.megabytes}m,mode=0755 ${DISK.name} ${DISK.path}`,
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
        return tools.agent.sh(pod.spec.nodeName, `rm -f /proc/1/root${DISK.path}/fill`);
      },
      async () => {
        await tools.agent.sh(
          pod.spec.nodeName,
          `dd if=/dev/zero of=/proc/1/root${DISK.path}/fill bs=1M 2>/dev/null; true`,
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
    await unmount(tools, spec.nodeName);
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

async function unmount(tools: FaultTools, node: string): Promise<void> {
  await tools.agent.sh(
    node,
    `nsenter --target 1 --mount -- umount ${DISK.path}; rmdir /proc/1/root${DISK.path}; true`,
  );
}
