import { HEADROOM, OUTSIDE_POOL, RESERVED } from '@cafe-lumiere/contract';
import type { Cluster, Workload } from './cluster.js';
import { CONNECTIONS } from './declared.js';
import { edgesOf, toldContainers, type Told } from './edges-of.js';
import { numberIn } from './environment.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';
import type { Check } from './options.js';
import { absolute } from './percentage.js';

/** PostgreSQL's default of `max_connections`. */
const MAX_CONNECTIONS = 100;
const HELM_HOOK = 'helm.sh/hook';
/** The default of node-postgres and of postgres.js. */
const DEFAULT_POOL = 10;

/** A store's arithmetic: who asks for how many connections, and how many there are. */
export interface ConnectionLine {
  readonly store: Workload;
  readonly terms: readonly string[];
  readonly total: number;
  readonly available: number;
  readonly maximum: number;
  /** Where the maximum is set. */
  readonly setting: string;
}

/** All pods of all clients, at the height of a rollout, fit what the store lets in. */
export const connectionBudget: Check = (cluster) =>
  connectionTable(cluster).flatMap(({ store, terms, total, available, maximum, setting }): Finding[] =>
    total <= available
      ? []
      : [
          {
            id: 'CAFE051',
            severity: 'error',
            object: titleOf(store),
            field: `${store.podPath}.containers[].${setting}`,
            found: `${maximum}, which leaves ${available}`,
            expected: `room for ${total} connections: ${terms.join(', ')}; the ones over the limit are refused ("too many clients already")`,
            likely: String(total + maximum - available),
            change: `raise ${setting} to ${total + maximum - available}, or lower the clients' pools or replicas`,
          },
        ],
  );

/** The arithmetic of each store, for `--explain`. */
export function connectionTable(cluster: Cluster): readonly ConnectionLine[] {
  const replicas = replicasOf(cluster);
  const clients = new Map<Workload, Map<Workload, Told>>();
  for (const edge of edgesOf(cluster)) {
    // A hook of Helm's, such as a test, runs now and then; the headroom is for it.
    if (edge.list !== 'containers' || HELM_HOOK in edge.workload.annotations) continue;
    for (const target of edge.targets) {
      if (target === edge.workload || limitOf(target) === undefined) continue;
      const known = clients.get(target) ?? new Map<Workload, Told>();
      clients.set(target, known.set(edge.workload, edge));
    }
  }
  return [...clients].flatMap(([store, tellers]) => {
    const limit = limitOf(store);
    if (!limit) return [];
    const lines = [...tellers].map(([client, told]) => demand(client, told, replicas.get(client) ?? 0));
    return [
      {
        store,
        terms: lines.map(({ text }) => text),
        total: lines.reduce((sum, { connections }) => sum + connections, 0),
        ...limit,
      },
    ];
  });
}

/** What the store lets in: PostgreSQL's own arguments, or a pooler's. */
function limitOf(store: Workload): Pick<ConnectionLine, 'available' | 'maximum' | 'setting'> | undefined {
  for (const { image, args, command, env } of store.pod.containers) {
    const value = (name: string): number | undefined => {
      const text = env.find((each) => each.name === name)?.value;
      return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
    };
    if (/pgbouncer|pgcat|odyssey/.test(image)) {
      const maximum = value('MAX_CLIENT_CONN') ?? value('PGBOUNCER_MAX_CLIENT_CONN') ?? 100;
      return { maximum, available: maximum, setting: 'env[MAX_CLIENT_CONN]' };
    }
    if (/(?:^|\/)(?:postgres|postgresql|postgis)[:@]/.test(image)) {
      const words = [...command, ...args].join(' ');
      const number = (name: string): number | undefined => {
        const text = new RegExp(`\\b${name}=(\\d+)`).exec(words)?.[1];
        return text === undefined ? undefined : Number(text);
      };
      const maximum = number('max_connections') ?? MAX_CONNECTIONS;
      const reserved =
        (number('superuser_reserved_connections') ?? RESERVED) + (number('reserved_connections') ?? 0);
      return { maximum, available: maximum - reserved - HEADROOM, setting: 'args: max_connections' };
    }
  }
  return undefined;
}

function demand(
  client: Workload,
  { variables, container }: Told,
  more: number,
): { text: string; connections: number } {
  const pooler = /pgbouncer|pgcat|odyssey/.test(container.image)
    ? (numberIn(variables, 'DEFAULT_POOL_SIZE') ?? 20)
    : undefined;
  const declared = client.annotations[CONNECTIONS];
  const stated = declared !== undefined && /^\d+$/.test(declared) ? Number(declared) : undefined;
  const pool = numberIn(variables, 'DB_POOL_MAX') ?? numberIn(variables, 'PGPOOL_MAX') ?? DEFAULT_POOL;
  const perPod = pooler ?? stated ?? pool + OUTSIDE_POOL;
  const pods = more + surgeOf(client);
  return {
    text: `${client.name} (${more} + ${surgeOf(client)} pods) × ${perPod} = ${pods * perPod}`,
    connections: pods * perPod,
  };
}

/** How many pods there are at most without a rollout: an autoscaler's maximum counts. */
function replicasOf(cluster: Cluster): ReadonlyMap<Workload, number> {
  const maxima = new Map(
    cluster.autoscalers.map(({ namespace, typed: { spec } }) => [
      `${spec.scaleTargetRef.kind} ${namespace}/${spec.scaleTargetRef.name}`,
      spec.maxReplicas,
    ]),
  );
  return new Map(
    toldContainers(cluster).map(({ workload }) => [
      workload,
      maxima.get(titleOf(workload)) ?? workload.spec?.replicas ?? 1,
    ]),
  );
}

function surgeOf({ kind, spec }: Workload): number {
  if (kind !== 'Deployment' || spec?.strategy?.type === 'Recreate') return 0;
  return absolute(spec?.strategy?.rollingUpdate?.maxSurge ?? '25%', spec?.replicas ?? 1, 'up');
}
