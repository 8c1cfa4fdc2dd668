import type { Cluster, Workload } from './cluster.js';
import { edgesOf, toldContainers } from './edges-of.js';
import { containersOf, secretEntries } from './environment.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';
import type { Check } from './options.js';

const SECRET_NAME =
  /PASSW(?:OR)?D|_PASS$|^PASS$|SECRET(?!_NAME|S?_FILE|_REF)|API_?KEY|PRIVATE_KEY|(?:^|_)TOKEN$/i;
/** A name that says where the secret is, and not what. */
const POINTER = /_FILE$|_PATH$|_NAME$|_URL$|_DIR$|_TIMEOUT|_SECONDS$/i;

/** Passwords are in Secrets, Secrets with values are not in the manifests, and both ends have the same one. */
export const passwords: Check = (cluster, { releases = [] }) => {
  const fromCharts = new Set(releases.flatMap(({ manifests }) => manifests.map(({ content }) => content)));
  const known = new Set(
    [...cluster.secrets.values()].flatMap((secret) =>
      fromCharts.has(secret.content)
        ? []
        : secretEntries(cluster, secret.namespace, secret.name).map(([, value]) => value),
    ),
  );
  return [...literals(cluster), ...written(cluster, fromCharts, known), ...unequal(cluster)];
};

/** In an environment variable, a ConfigMap, or inside a URL. */
function literals(cluster: Cluster): Finding[] {
  const inContainers = cluster.workloads.flatMap((workload) =>
    containersOf(workload).flatMap(({ list, container }) =>
      container.env.flatMap(({ name, value = '' }): Finding[] =>
        isPassword(name, value)
          ? [
              {
                id: 'CAFE092',
                severity: 'error',
                object: titleOf(workload),
                field: `${workload.podPath}.${list}[${container.name}].env[${name}].value`,
                found: 'a password in plain text (not repeated here)',
                expected:
                  'valueFrom.secretKeyRef: who may read Deployments must not read passwords, and a Secret can be changed without this file',
                change: `put it into a Secret and refer to it: valueFrom.secretKeyRef with the key ${name}`,
              },
            ]
          : [],
      ),
    ),
  );
  const inConfigMaps = [...cluster.configMaps.values()].flatMap((map) =>
    Object.entries(map.typed.data).flatMap(([key, value]): Finding[] =>
      !value.includes('\n') && isPassword(key, value)
        ? [
            {
              id: 'CAFE092',
              severity: 'error',
              object: titleOf(map),
              field: `data.${key}`,
              found: 'a password in plain text (not repeated here)',
              expected: 'no password in a ConfigMap: everybody who may read the namespace reads it',
              change: `move ${key} to a Secret, and let the containers refer to it with secretKeyRef`,
            },
          ]
        : [],
    ),
  );
  return [...inContainers, ...inConfigMaps];
}

const isPassword = (name: string, value: string): boolean =>
  value !== '' &&
  !value.startsWith('$(') &&
  ((SECRET_NAME.test(name) && !POINTER.test(name)) || /:\/\/[^/:@\s]+:[^/@\s$]+@/.test(value));

/** A Secret with its value, in a file that is committed. One that was read from a cluster is where it belongs. */
function written(cluster: Cluster, fromCharts: ReadonlySet<unknown>, known: ReadonlySet<string>): Finding[] {
  return [...cluster.secrets.values()].flatMap((secret): Finding[] => {
    if (secret.typed.metadata.uid !== undefined) return [];
    const entries = secretEntries(cluster, secret.namespace, secret.name).filter(
      ([key, value]) => value !== '' && !/^(?:user|username)$/i.test(key),
    );
    // The chart's copy of a password that is judged where it stands.
    if (
      entries.length === 0 ||
      (fromCharts.has(secret.content) && entries.every(([, value]) => known.has(value)))
    ) {
      return [];
    }
    return [
      {
        id: 'CAFE091',
        severity: 'error',
        object: titleOf(secret),
        field: `data.${entries.map(([key]) => key).join(', ')}`,
        found: 'a value that everybody can read who reads the file (base64 is no encryption)',
        expected:
          'no Secret with values outside of a development environment: it is made in the cluster, by hand or by an operator',
        change: `delete it from the manifests, make it with kubectl create secret, and annotate what refers to it with cafe-check/external: Secret/${secret.name}`,
      },
    ];
  });
}

/** What the client logs in with is what the store was given. */
function unequal(cluster: Cluster): Finding[] {
  const told = new Map(toldContainers(cluster).map((each) => [each.container, each]));
  return edgesOf(cluster).flatMap((edge): Finding[] => {
    const prefix = /^(.*?)_?HOST(?:NAME)?$/.exec(edge.address.variable.name)?.[1];
    const mine =
      prefix === undefined ? undefined : edge.variables.get(`${prefix === '' ? '' : `${prefix}_`}PASSWORD`);
    if (mine?.value === undefined || edge.list !== 'containers') return [];
    return edge.targets.flatMap((target): Finding[] => {
      const theirs = target.pod.containers.flatMap((container) => {
        const variables = told.get(container)?.variables;
        const variable = ['POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD', 'MYSQL_PASSWORD'].flatMap(
          (name) => variables?.get(name) ?? [],
        );
        return variable.flatMap(({ value, kept }) => (value === undefined ? [] : [{ value, kept }]));
      });
      const [other] = [...theirs, ...mounted(cluster, target)];
      if (!other || other.value === mine.value) return [];
      return [
        {
          id: 'CAFE093',
          severity: 'error',
          object: titleOf(edge.workload),
          field: `${edge.workload.podPath}.${mine.field}`,
          found: `the value in ${mine.kept}, which differs from the one in ${other.kept} that ${titleOf(target)} reads`,
          expected:
            'one password in one Secret that both read: two copies differ sooner or later, and then every login fails',
          change: `let ${titleOf(target)} read ${mine.kept.split(',')[0] ?? mine.kept}, or make both values the same`,
        },
      ];
    });
  });
}

/** The password that a store's pod mounts as a file. */
function mounted(cluster: Cluster, { pod, namespace }: Workload): { value: string; kept: string }[] {
  return pod.volumes.flatMap(({ secret }) => {
    if (!secret) return [];
    return secretEntries(cluster, namespace, secret.secretName).flatMap(([key, value]) => {
      const picked = secret.items.length === 0 || secret.items.some((item) => item.key === key);
      return picked && /password/i.test(key)
        ? [{ value, kept: `Secret ${namespace}/${secret.secretName}, data.${key}` }]
        : [];
    });
  });
}
