import { z } from 'zod';
import { attempt, run } from '../command.js';
import { kubectl } from '../cluster.js';
import { eventually, must } from '../journal.js';

/** Two of PostgreSQL 17 for the operator, from https://github.com/cloudnative-pg/postgres-containers. */
export const CLUSTER_IMAGES = {
  usual: 'ghcr.io/cloudnative-pg/postgresql:17-standard-trixie',
  other: 'ghcr.io/cloudnative-pg/postgresql:17-minimal-trixie',
} as const;

/** The operator's Deployment and its namespace, as its release has them. */
const OPERATOR = { namespace: 'cnpg-system', deployment: 'deployment/cnpg-controller-manager' } as const;
const OPERATOR_LABELS = { 'app.kubernetes.io/name': 'cloudnative-pg' };
/** One that is lost with the primary makes no new one for minutes: docs/decisions/cloudnative-pg.md. */
const OPERATOR_PODS = 2;

/** Runs kubectl with the operator's Deployment: what is done, and what is behind its name. */
export const operator = (words: string, options = ''): Promise<string> =>
  run(`kubectl -n ${OPERATOR.namespace} ${words} ${OPERATOR.deployment} ${options}`);

/** Has no pod of the operator, or as many as there should be. */
export const scaleOperator = (words: 'away' | 'there'): Promise<string> =>
  operator('scale', `--replicas=${words === 'there' ? OPERATOR_PODS : 0}`);

export const operatorRolledOut = (): Promise<string> => operator('rollout status', '--timeout=120s');

/** Sees to it that the operator is on two nodes, as its installation should. @returns what puts it back */
export async function spreadOperator(): Promise<() => Promise<void>> {
  const before = await operator('get', `-o jsonpath='{.spec.replicas}'`);
  const patch = (replicas: number, podAntiAffinity: object | null): Promise<string> =>
    operator(
      'patch',
      `--patch '${JSON.stringify({ spec: { replicas, template: { spec: { affinity: { podAntiAffinity } } } } })}'`,
    );
  await patch(OPERATOR_PODS, {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { labelSelector: { matchLabels: OPERATOR_LABELS }, topologyKey: 'kubernetes.io/hostname' },
    ],
  });
  await operatorRolledOut();
  return async () => {
    await patch(Number(before), null);
  };
}

/** Why the café cannot have a Cluster here, or nothing. */
export async function noOperator(): Promise<string | undefined> {
  const { code } = await attempt('kubectl get crd clusters.postgresql.cnpg.io -o name');
  return code === 0
    ? undefined
    : 'the operator CloudNativePG is not in the cluster: https://cloudnative-pg.io/docs/';
}

const cluster = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ instances: z.number() }),
  status: z
    .object({
      phase: z.string().default(''),
      readyInstances: z.number().default(0),
      currentPrimary: z.string().default(''),
      targetPrimary: z.string().default(''),
    })
    .prefault({}),
});
/** The café's Cluster, as the operator sees it. */
export type PostgresCluster = z.output<typeof cluster>;

/** @throws Error when there is not exactly one */
export async function postgresCluster(): Promise<PostgresCluster> {
  const json: unknown = JSON.parse(await kubectl('get clusters.postgresql.cnpg.io -o json'));
  const [found, ...others] = z.object({ items: z.array(cluster) }).parse(json).items;
  must(found !== undefined && others.length === 0, 'the café has no Cluster, or more than one');
  return found;
}

/** @throws Error unless every instance is ready and the operator has nothing left to do */
export function mustBeWhole({ spec, status }: PostgresCluster): void {
  must(
    status.phase === 'Cluster in healthy state' &&
      status.readyInstances === spec.instances &&
      status.currentPrimary === status.targetPrimary,
    `the Cluster says "${status.phase}", with ${status.readyInstances} of ${spec.instances} instances`,
  );
}

/** Changes the Cluster's `spec`, or with a word its subresource. */
export async function patchCluster(patch: object, subresource?: 'status'): Promise<void> {
  const { metadata } = await postgresCluster();
  const options = subresource ? `--subresource ${subresource}` : '';
  await kubectl(
    `patch clusters.postgresql.cnpg.io ${metadata.name} --type merge ${options} --patch '${JSON.stringify(patch)}'`,
  );
}

/** Waits until another instance is the primary. @returns its name */
export async function anotherPrimaryThan(former: string, seconds = 180): Promise<string> {
  let primary = '';
  await eventually(
    seconds,
    async () => {
      const { status } = await postgresCluster();
      must(status.currentPrimary !== former, `${former} is the primary still`);
      primary = status.currentPrimary;
    },
    250,
  );
  return primary;
}
