import { HEADROOM, RESERVED } from '@cafe-lumiere/contract';
import type { Cluster, Workload } from '../../model/cluster.js';
import { type ConfiguredContainer, configuredContainersOf } from '../../model/containers.js';
import type { Container } from '../../model/schemas.js';
import { numberIn } from '../../model/variable-names.js';

/** How many connections a store lets in. */
export interface StoreCapacity {
  /** For its clients: without what is kept for a superuser, operators and metrics. */
  readonly available: number;
  readonly maximum: number;
  /** Above this number the store refuses them. */
  readonly refusedAbove: number;
  /** Where the maximum is set, inside the container. */
  readonly setting: string;
}

/** PostgreSQL's default of `max_connections`, and PgBouncer's of `max_client_conn`. */
const MAX_CONNECTIONS = 100;

/** Whether the container keeps a pool for others. */
export const isPooler = ({ image }: Container): boolean => /pgbouncer|pgcat|odyssey/.test(image);

/** What a workload lets in, when it is a PostgreSQL or a pooler. */
export function capacityOf(cluster: Cluster, workload: Workload): StoreCapacity | undefined {
  for (const each of configuredContainersOf(cluster, workload)) {
    if (isPooler(each.container)) return ofPooler(each);
    if (/(?:^|\/)(?:postgres|postgresql|postgis)[:@]/.test(each.container.image)) {
      return ofPostgres(each.container);
    }
  }
  return undefined;
}

function ofPooler({ variables }: ConfiguredContainer): StoreCapacity {
  const maximum =
    numberIn(variables, 'MAX_CLIENT_CONN') ??
    numberIn(variables, 'PGBOUNCER_MAX_CLIENT_CONN') ??
    MAX_CONNECTIONS;
  return { maximum, available: maximum, refusedAbove: maximum, setting: 'env[MAX_CLIENT_CONN]' };
}

function ofPostgres({ command, args }: Container): StoreCapacity {
  const words = [...command, ...args].join(' ');
  const parameter = (name: string): number | undefined => {
    const text = new RegExp(`\\b${name}=(\\d+)`).exec(words)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const maximum = parameter('max_connections') ?? MAX_CONNECTIONS;
  const reserved =
    (parameter('superuser_reserved_connections') ?? RESERVED) + (parameter('reserved_connections') ?? 0);
  return {
    maximum,
    available: maximum - reserved - HEADROOM,
    refusedAbove: maximum - reserved,
    setting: 'args: max_connections',
  };
}
