import { z } from 'zod';
import { kubectl, NAMESPACE, RELEASE, SERVICE_NAMES } from '../cluster.js';
import { run } from '../command.js';
import { eventually, must } from '../journal.js';
import { type Stored, stored, storedStatement } from '../load/ledger.js';
import type { Records } from '../load/records.js';
import { findService } from '../move-database/sides.js';
import { mustBeWhole, postgresCluster } from './postgres-cluster.js';

const containerStatus = z.object({
  name: z.string(),
  restartCount: z.number(),
  ready: z.boolean(),
  containerID: z.string().default(''),
});
const podObject = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({ nodeName: z.string().default('') }),
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z.array(containerStatus).default([]),
    initContainerStatuses: z.array(containerStatus).default([]),
  }),
});
export type CafePod = z.output<typeof podObject>;

/** Every pod of the café, also those that are ending. */
export async function cafePods(selector = ''): Promise<readonly CafePod[]> {
  const json: unknown = JSON.parse(
    await kubectl(`get pods ${selector === '' ? '' : `-l ${selector}`} -o json`),
  );
  return z.object({ items: z.array(podObject) }).parse(json).items;
}

/** The names of the café's pods. */
export async function podNames(): Promise<ReadonlySet<string>> {
  return new Set((await cafePods()).map(({ metadata }) => metadata.name));
}

/** @throws Error when of the pods that were there before a service has not two any more that are ready */
export async function mustStillServe(before: ReadonlySet<string>): Promise<void> {
  const good = (await cafePods()).filter((pod) => before.has(pod.metadata.name) && isReady(pod));
  for (const service of SERVICE_NAMES) {
    const { length } = good.filter(({ metadata }) => metadata.labels['app'] === service);
    must(length === 2, `the rollout of a broken ${service} has left ${length} good pods of 2`);
  }
}

/** How often each container was restarted, by `pod/container`. */
export async function restartCounts(): Promise<ReadonlyMap<string, number>> {
  const counts = (await cafePods()).flatMap(({ metadata, status }) =>
    [...status.initContainerStatuses, ...status.containerStatuses].map(
      ({ name, restartCount }) => [`${metadata.name}/${name}`, restartCount] as const,
    ),
  );
  return new Map(counts);
}

/** Whether a pod has the condition Ready. */
export const isReady = ({ status }: CafePod): boolean =>
  status.conditions.some(({ type, status: holds }) => type === 'Ready' && holds === 'True');

/** The database's pod, where the Service leads to: the chart's only one, or the primary of a Cluster. */
export async function databasePod(): Promise<CafePod> {
  const [pods, service] = await Promise.all([cafePods(), findService()]);
  // Without a Service, in the middle of a move, the new side has everything.
  const ofCluster = service === undefined ? pods.some(isInstance) : service.to === 'cluster';
  const primary = ofCluster ? (await postgresCluster()).status.currentPrimary : `${RELEASE}-0`;
  const pod = pods.find(({ metadata }) => metadata.name === primary);
  must(pod !== undefined, 'PostgreSQL has no pod');
  return pod;
}

/** Whether it is one of several PostgreSQLs that the operator runs. */
export const isInstance = ({ metadata }: CafePod): boolean =>
  metadata.labels['cnpg.io/podRole'] === 'instance';

const deployment = z.object({
  metadata: z.object({ name: z.string(), generation: z.number() }),
  spec: z.object({ replicas: z.number() }),
  status: z.object({
    observedGeneration: z.number().default(0),
    replicas: z.number().default(0),
    updatedReplicas: z.number().default(0),
    availableReplicas: z.number().default(0),
  }),
});

/** Waits until every node, Deployment and the database is as declared, and no pod is on its way out. */
export async function healthy(seconds = 240): Promise<void> {
  await eventually(
    seconds,
    async () => {
      const json: unknown = JSON.parse(await kubectl('get deployments -o json'));
      const { items } = z.object({ items: z.array(deployment) }).parse(json);
      must(items.length >= SERVICE_NAMES.length, `only ${items.length} Deployments are there`);
      for (const { metadata, spec, status } of items) {
        const { observedGeneration, replicas, updatedReplicas, availableReplicas } = status;
        const whole =
          observedGeneration >= metadata.generation &&
          [replicas, updatedReplicas, availableReplicas].every((count) => count === spec.replicas);
        must(
          whole,
          `${metadata.name} has ${availableReplicas} of ${spec.replicas} pods, ${replicas - updatedReplicas} old`,
        );
      }
      const pods = await cafePods();
      const late = pods.find((pod) => pod.metadata.deletionTimestamp !== undefined || !isReady(pod));
      must(
        late === undefined,
        `${late?.metadata.name ?? ''} is ${late?.metadata.deletionTimestamp ? 'still ending' : 'not ready'}`,
      );
      await databasePod();
      if (pods.some(isInstance)) mustBeWhole(await postgresCluster());
      const nodes = await run(
        `kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status},{.spec.unschedulable}{"\\n"}{end}'`,
      );
      const away = nodes
        .trim()
        .split('\n')
        .find((line) => !line.endsWith('=True,'));
      must(away === undefined, `node ${away ?? ''}: not ready, or cordoned`);
    },
    500,
  );
}

/** What the database has of a load. */
export async function readStored(name: string, records: Records): Promise<Stored> {
  const text = await sql(storedStatement(name, records));
  return stored.parse(JSON.parse(text));
}

/** Runs a statement as PostgreSQL's superuser. @returns what it answered, unadorned */
export async function sql(statement: string, timeoutSeconds = 60): Promise<string> {
  const { metadata } = await databasePod();
  return run(
    `kubectl -n ${NAMESPACE} exec -i ${metadata.name} -c postgres -- psql -U postgres -d cafe_lumiere -XAtq -v ON_ERROR_STOP=1`,
    { stdin: statement, timeoutSeconds },
  );
}
