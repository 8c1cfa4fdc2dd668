import { z } from 'zod';
import { Cafe } from '../cdk8s/cafe.js';
import { cafeServices } from '../cdk8s/services.js';
import { attempt, run } from './command.js';
import { must } from './journal.js';

/** The namespace of the contract. */
export const NAMESPACE = Cafe.NAMESPACE;
/** The release of the contract. */
export const RELEASE = 'cafe-lumiere-postgresql';
/** The Deployments that cdk8s/cafe.ts declares, with the port of their containers for probes and metrics. */
export const OPERATIONS_PORTS: ReadonlyMap<string, number> = new Map(
  cafeServices().map(({ name, declaration }) => [name, declaration.operationsPort ?? declaration.port]),
);
export const SERVICE_NAMES: readonly string[] = [...OPERATIONS_PORTS.keys()];

const containerStatus = z.object({ name: z.string(), restartCount: z.number() });
const pod = z
  .object({
    metadata: z.object({
      name: z.string(),
      uid: z.string(),
      labels: z.record(z.string(), z.string()).default({}),
      deletionTimestamp: z.string().optional(),
    }),
    spec: z.object({ nodeName: z.string().optional() }),
    status: z.object({
      phase: z.string().default('Unknown'),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), lastTransitionTime: z.string().nullish() }))
        .default([]),
      containerStatuses: z.array(containerStatus).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
    }),
  })
  .transform(({ metadata, spec, status }) => {
    const ready = status.conditions.find(({ type, status: holds }) => type === 'Ready' && holds === 'True');
    return {
      name: metadata.name,
      uid: metadata.uid,
      app: metadata.labels['app'] ?? metadata.labels['app.kubernetes.io/name'] ?? '',
      node: spec.nodeName,
      ending: metadata.deletionTimestamp !== undefined,
      readySince: ready?.lastTransitionTime ? Date.parse(ready.lastTransitionTime) : undefined,
      restarts: [...status.initContainerStatuses, ...status.containerStatuses]
        .filter(({ restartCount }) => restartCount > 0)
        .map(({ name, restartCount }) => `${metadata.name}/${name}: ${restartCount}`),
    };
  });

/** One pod, as the tests look at it. */
export type Pod = z.output<typeof pod>;

/** kubectl in the café's namespace. @returns what it printed @throws Error with all that it said */
export function kubectl(words: string, timeoutSeconds = 300): Promise<string> {
  return run(`kubectl -n ${NAMESPACE} ${words}`, { timeoutSeconds });
}

/** The pods that are not on their way out. */
export async function pods(selector = ''): Promise<readonly Pod[]> {
  const json: unknown = JSON.parse(
    await kubectl(`get pods ${selector === '' ? '' : `-l ${selector}`} -o json`),
  );
  return z
    .object({ items: z.array(pod) })
    .parse(json)
    .items.filter(({ ending }) => !ending);
}

/**
 * What `kubectl apply -f dist` made, and the pods: each with a value that changes when somebody changes the object. That
 * is the generation where there is one, because statuses change by themselves, else the resourceVersion.
 */
export async function objectVersions(): Promise<ReadonlyMap<string, string>> {
  const kinds =
    'deployments,services,configmaps,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets,pods';
  const json: unknown = JSON.parse(await kubectl(`get ${kinds} -o json`));
  const meta = z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    generation: z.number().optional(),
  });
  const list = z.object({ items: z.array(z.object({ kind: z.string(), metadata: meta })) }).parse(json);
  return new Map(
    list.items.map(({ kind, metadata }) => {
      const version = kind === 'Pod' ? metadata.uid : String(metadata.generation ?? metadata.resourceVersion);
      return [`${kind}/${metadata.name}`, version];
    }),
  );
}

/** A ready pod of a service. @throws Error when there is none */
export async function readyPod(service: string): Promise<Pod> {
  const found = (await pods(`app=${service}`)).find(({ readySince }) => readySince !== undefined);
  must(found !== undefined, `no pod of ${service} is ready`);
  return found;
}

/** @throws Error that names each container that was restarted */
export async function expectNoRestarts(): Promise<void> {
  const restarted = (await pods()).flatMap(({ restarts }) => restarts);
  must(restarted.length === 0, `containers were restarted: ${restarted.join(', ')}`);
}

/**
 * Asks every pod's own counter of requests that came while it was not ready.
 *
 * @throws Error that names the pod and the number
 */
export async function expectNoRequestsWhileUnready(): Promise<void> {
  for (const [service, port] of OPERATIONS_PORTS) {
    for (const { name } of await pods(`app=${service}`)) {
      const metrics = await kubectl(
        `exec ${name} -c ${service} -- curl -sS http://localhost:${port}/metrics`,
      );
      const count = /^http_requests_while_unready_total(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1];
      must(count !== undefined, `${name} does not report http_requests_while_unready_total`);
      must(count === '0', `${count} requests reached ${name} while it was not ready`);
    }
  }
}

/** Waits until every Deployment is rolled out, with all its pods. */
export async function rolledOut(timeoutSeconds = 300): Promise<void> {
  for (const service of SERVICE_NAMES) {
    await kubectl(`rollout status deployment/${service} --timeout=${timeoutSeconds}s`, timeoutSeconds + 10);
  }
}

/** Deletes the namespace with everything in it, the database's volume too, and waits until it is gone. */
export async function deleteNamespace(): Promise<void> {
  await run(`kubectl delete namespace ${NAMESPACE} --ignore-not-found --timeout=180s`);
}

/** Whether the namespace is there. */
export async function namespaceExists(): Promise<boolean> {
  const { code } = await attempt(`kubectl get namespace ${NAMESPACE} -o name`);
  return code === 0;
}

/** What somebody wants to see when a step has failed: pods, events, last log lines. */
export async function diagnosis(): Promise<string> {
  const commands = [
    'get pods,services,endpointslices,pvc -o wide',
    `get events --sort-by=.lastTimestamp | tail -n 30`,
    ...SERVICE_NAMES.map((service) => `logs -l app=${service} --all-containers --prefix --tail=15`),
    `logs -l app.kubernetes.io/instance=${RELEASE} --all-containers --prefix --tail=30`,
  ];
  const parts: string[] = [];
  for (const command of commands) {
    const { stdout, stderr } = await attempt(`kubectl -n ${NAMESPACE} ${command}`, { timeoutSeconds: 30 });
    parts.push(`$ kubectl -n ${NAMESPACE} ${command}\n${(stdout + stderr).trim()}`);
  }
  return parts.join('\n\n');
}
