import type { Cluster, Workload } from '../../model/cluster.js';
import { secretEntries, type Variable } from '../../model/container-variables.js';
import { configuredContainersOf } from '../../model/containers.js';
import { type Edge, edges } from '../../model/connections.js';
import { titleOf } from '../../model/manifest.js';
import { besideAddress, type VariableName } from '../../model/variable-names.js';
import type { Problem, Proof } from '../proof.js';

/** Where the images of databases read the password that they give their role. */
const GIVEN: readonly VariableName[] = [
  'POSTGRES_PASSWORD',
  'POSTGRESQL_PASSWORD',
  'MYSQL_PASSWORD',
  'MARIADB_PASSWORD',
];

/** What the client logs in with is what the store was given. */
export const unequalPasswords = {
  id: 'CAFE093',
  title: 'Client and store have different passwords',
  why: 'The client starts, and is refused at each log-in.',
  problems: (cluster) =>
    edges(cluster).flatMap((edge) => {
      const { workload, list, targets } = edge;
      const own = passwordOf(edge);
      if (own?.value === undefined || list !== 'containers') return [];
      return targets.flatMap((target): Problem[] => {
        const [other] = [...ofVariables(cluster, target), ...ofFiles(cluster, target)];
        if (!other || other.value === own.value) return [];
        return [
          {
            object: titleOf(workload),
            field: `${workload.podPath}.${own.field}`,
            origin: own.origin,
            found: `the value in ${own.origin}, which differs from the one in ${other.origin} that ${titleOf(target)} reads`,
            expected:
              'one password in one Secret that both read: two copies differ sooner or later, and then every login fails',
            change: `let ${titleOf(target)} read ${own.origin.split(',')[0] ?? own.origin}, or make both values the same`,
          },
        ];
      });
    }),
} as const satisfies Proof;

/** In the address itself, as far as it is written there, or in the variable beside it. A superuser has another one. */
function passwordOf({ address, variables }: Edge): Pick<Variable, 'value' | 'field' | 'origin'> | undefined {
  const { user, password, variable } = address;
  if (user === 'root' || user === 'postgres') return undefined;
  if (password === undefined) return variables.get(besideAddress(variable.name, '*_PASSWORD') ?? '');
  return /[%$]/.test(password) ? undefined : { ...variable, value: password };
}

/** A password that a store reads, and where it stands. */
interface StorePassword {
  readonly value: string;
  readonly origin: string;
}

const ofVariables = (cluster: Cluster, store: Workload): StorePassword[] =>
  configuredContainersOf(cluster, store).flatMap(({ variables }) =>
    GIVEN.flatMap((name) => {
      const { value, origin } = variables.get(name) ?? {};
      return value === undefined || origin === undefined ? [] : [{ value, origin }];
    }),
  );

const ofFiles = (cluster: Cluster, { pod, namespace }: Workload): StorePassword[] =>
  pod.volumes.flatMap(({ secret }) => {
    if (!secret) return [];
    return secretEntries(cluster, namespace, secret.secretName).flatMap(([key, value]) => {
      const mounted = secret.items.length === 0 || secret.items.some((item) => item.key === key);
      return mounted && /password/i.test(key)
        ? [{ value, origin: `Secret ${namespace}/${secret.secretName}, data.${key}` }]
        : [];
    });
  });
