import { CONNECTIONS, OUTSIDE_POOL } from '@cafe-lumiere/contract';
import { numberDeclared } from '../../model/annotations.js';
import type { Cluster, Workload } from '../../model/cluster.js';
import { type Edge, edges } from '../../model/connections.js';
import { podsOf } from '../../model/int-or-percent.js';
import { titleOf } from '../../model/manifest.js';
import { besideHost, keepsContract, numberAt, numberIn } from '../../model/variable-names.js';
import type { Problem, Proof } from '../proof.js';
import { capacityOf, isPooler, type StoreCapacity } from './store-capacity.js';

const HELM_HOOK = 'helm.sh/hook';
/** The default of PgBouncer's `default_pool_size`. */
const DEFAULT_POOLER_POOL = 20;

/** A store's arithmetic: who asks for how many connections, and how many there are. */
export interface ConnectionLine extends StoreCapacity {
  readonly store: Workload;
  /** One for each client: `api (2 + 1 pods) × 10 = 30`. */
  readonly terms: readonly string[];
  /** Connections that all clients ask for at most, as far as it is known. */
  readonly total: number;
}

/** All pods of all clients, at the height of a rollout, fit what the store lets in. */
export const connectionBudget = {
  id: 'CAFE051',
  title: 'More connections than the database lets in',
  why: 'It works in every test and breaks at the height of a rollout or of an autoscaler, when the database refuses whoever comes last: too many clients already.',
  problems: (cluster) =>
    connectionTable(cluster).flatMap(
      ({ store, terms, total, available, refusedAbove, maximum, setting }): Problem[] =>
        total <= available
          ? []
          : [
              {
                // Up to that, they only take what operators and metrics need.
                severity: total > refusedAbove ? 'broken' : 'risk',
                object: titleOf(store),
                field: `${store.podPath}.containers[].${setting}`,
                found: `${maximum}, which leaves ${available}`,
                expected: `room for ${total} connections: ${terms.join(', ')}; the ones over the limit are refused ("too many clients already")`,
                likely: String(total + maximum - available),
                change: `raise ${setting} to ${total + maximum - available}, or lower the clients' pools or replicas`,
              },
            ],
    ),
} as const satisfies Proof;

/** The arithmetic of each store that somebody connects to: PostgreSQL's own, or a pooler's. */
export function connectionTable(cluster: Cluster): readonly ConnectionLine[] {
  const clients = new Map<Workload, Map<Workload, Edge>>();
  for (const edge of edges(cluster)) {
    // A hook of Helm's, such as a test, runs now and then; the headroom is for it.
    if (edge.list !== 'containers' || HELM_HOOK in edge.workload.annotations) continue;
    for (const target of edge.targets) {
      if (target === edge.workload) continue;
      const known = clients.get(target) ?? new Map<Workload, Edge>();
      clients.set(target, known.set(edge.workload, edge));
    }
  }
  const pods = maximumPods(cluster);
  return [...clients].flatMap(([store, asking]) => {
    const capacity = capacityOf(cluster, store);
    if (!capacity) return [];
    const demands = [...asking.values()].map((edge) => demandOf(edge, pods(edge.workload)));
    return [
      {
        store,
        terms: demands.map(({ text }) => text),
        total: demands.reduce((sum, { connections }) => sum + connections, 0),
        ...capacity,
      },
    ];
  });
}

function demandOf(edge: Edge, pods: number): { readonly text: string; readonly connections: number } {
  const { workload } = edge;
  const surge = surgeOf(workload);
  const each = connectionsPerPod(edge);
  if (each === undefined) {
    return { text: `${workload.name} (${pods} + ${surge} pods), whose pools are not known`, connections: 0 };
  }
  const connections = (pods + surge) * each;
  return { text: `${workload.name} (${pods} + ${surge} pods) × ${each} = ${connections}`, connections };
}

/** Nothing when no variable and no annotation says it: how many a foreign program keeps is in no manifest. */
function connectionsPerPod({ workload, container, variables, address }: Edge): number | undefined {
  if (isPooler(container)) return numberIn(variables, 'DEFAULT_POOL_SIZE') ?? DEFAULT_POOLER_POOL;
  const pool =
    numberAt(variables, besideHost(address.variable.name, '*_POOL_MAX')) ??
    numberIn(variables, 'DB_POOL_MAX') ??
    numberIn(variables, 'PGPOOL_MAX');
  const declared = numberDeclared(workload, CONNECTIONS);
  if (declared !== undefined || pool === undefined) return declared;
  return keepsContract(variables) ? pool + OUTSIDE_POOL : pool;
}

/** How many pods there are at most without a rollout: an autoscaler's maximum counts. */
function maximumPods(cluster: Cluster): (workload: Workload) => number {
  const maxima = new Map(
    cluster.autoscalers.map(({ namespace, typed: { spec } }) => [
      `${spec.scaleTargetRef.kind} ${namespace}/${spec.scaleTargetRef.name}`,
      spec.maxReplicas,
    ]),
  );
  return (workload) => maxima.get(titleOf(workload)) ?? workload.spec?.replicas ?? 1;
}

function surgeOf({ kind, spec }: Workload): number {
  if (kind !== 'Deployment' || spec?.strategy?.type === 'Recreate') return 0;
  return podsOf(spec?.strategy?.rollingUpdate?.maxSurge ?? '25%', spec?.replicas ?? 1, 'up');
}
