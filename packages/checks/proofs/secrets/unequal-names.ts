import type { Cluster, Workload } from '../../model/cluster.js';
import { configuredContainersOf } from '../../model/containers.js';
import { type Edge, edges } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import { besideAddress, type VariableName } from '../../model/variable-names.js';
import type { Problem, Proof } from '../proof.js';

/** What a store makes at its first start, and the variables of its image that say so. */
const MADE = [
  {
    what: 'database',
    given: ['POSTGRES_DB', 'POSTGRES_DATABASE', 'POSTGRESQL_DATABASE', 'MYSQL_DATABASE', 'MARIADB_DATABASE'],
    always: ['postgres', 'template1', 'mysql'],
  },
  {
    what: 'role',
    given: ['POSTGRES_USER', 'POSTGRESQL_USERNAME', 'POSTGRESQL_USER', 'MYSQL_USER', 'MARIADB_USER'],
    always: ['postgres', 'root'],
  },
] as const satisfies readonly {
  readonly what: string;
  readonly given: readonly VariableName[];
  readonly always: readonly string[];
}[];

/** What a client asks for is what its store makes. */
export const unequalNames = {
  id: 'CAFE094',
  title: 'Client and store name different databases or roles',
  why: 'The client reaches the right database server, and is told that its database or role does not exist.',
  problems: (cluster, { releases = [] }) => {
    const rendered = new Set(releases.flatMap(({ manifests }) => manifests.map(({ content }) => content)));
    return edges(cluster).flatMap((edge) =>
      edge.targets.flatMap((store) =>
        // Of a release its own proof says it better.
        rendered.has(store.content) ? [] : MADE.flatMap((made) => problems(cluster, edge, store, made)),
      ),
    );
  },
} as const satisfies Proof;

function problems(
  cluster: Cluster,
  edge: Edge,
  store: Workload,
  { what, given, always }: (typeof MADE)[number],
): Problem[] {
  // Scripts at its first start may make any other.
  if (hasOwnScripts(store)) return [];
  const made = configuredContainersOf(cluster, store).flatMap(({ variables }) =>
    given.flatMap((name) => variables.get(name) ?? []),
  );
  const [giver] = made;
  const name = giver?.value;
  if (giver === undefined || name === undefined) return [];
  return askedFor(edge, what).flatMap(({ value, origin, field, secret }): Problem[] => {
    if (value === name || (always as readonly string[]).includes(value)) return [];
    const isNear = nearest(value, [name]) !== undefined;
    return [
      {
        // Somebody may make another one later, by hand or by a migration, and an image of one's own at its first start.
        severity: isNear ? 'broken' : SUPERUSER.test(name) || hasOwnImage(store) ? 'advice' : 'risk',
        object: titleOf(edge.workload),
        field: `${edge.workload.podPath}.${field}`,
        origin,
        found: `the ${what} ${secret ? '(in a Secret)' : value}`,
        expected: `${giver.secret ? 'the one' : name}, which ${titleOf(store)} makes (${giver.name} in ${giver.origin}); another one is not there, and every login fails`,
        likely: giver.secret ? undefined : name,
        change: `set the ${what} in ${origin} to ${giver.secret ? `the value of ${giver.origin}` : name}`,
      },
    ];
  });
}

interface Asked {
  readonly value: string;
  readonly origin: string;
  readonly field: string;
  readonly secret: boolean;
}

/** The database or role of a connection: in its URL, or in the variable beside its host. */
function askedFor({ address, variables }: Edge, what: 'database' | 'role'): readonly Asked[] {
  const { variable } = address;
  const written = what === 'database' ? address.database : address.user;
  if (written !== undefined && !written.includes('$')) return [{ ...variable, value: written }];
  const beside =
    what === 'database'
      ? (['*_NAME', '*_DATABASE', '*_DBNAME', '*_DB_NAME', '*_DB'] as const)
      : (['*_USER', '*_USERNAME'] as const);
  return beside.flatMap((pattern) => {
    const found = variables.get(besideAddress(variable.name, pattern) ?? '');
    return found?.value === undefined ? [] : [{ ...found, value: found.value }];
  });
}

/** What administers a store is not what its clients log in as. */
const SUPERUSER = /^(?:root|postgres|admin|sa)$/;

const PUBLIC_IMAGE = /(?:^|\/)(?:postgres(?:ql)?|postgis|timescaledb|mysql|mariadb|mongo(?:db)?)(?:[:@]|$)/;
const hasOwnImage = ({ pod }: Workload): boolean =>
  !pod.containers.some(({ image }) => PUBLIC_IMAGE.test(image));

const hasOwnScripts = ({ pod }: Workload): boolean =>
  pod.containers.some(({ volumeMounts }) =>
    volumeMounts.some(({ mountPath }) => mountPath.includes('initdb.d')),
  );
