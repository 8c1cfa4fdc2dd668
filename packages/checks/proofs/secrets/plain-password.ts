import type { Cluster } from '../../model/cluster.js';
import { allContainers, fieldOf } from '../../model/containers.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';

/** Names of variables that hold a secret. */
export const SECRET_NAME =
  /PASSW(?:OR)?D|_PASS$|^PASS$|SECRET(?!_NAME|S?_FILE|_REF)|API_?KEY|PRIVATE_KEY|(?:^|_)TOKEN$/i;
/** A name that says where the secret is, and not what. */
const POINTER = /_FILE$|_PATH$|_NAME$|_URL$|_DIR$|_TIMEOUT|_SECONDS$/i;

/** A password is in a Secret, and neither in a variable's value, a ConfigMap nor a URL. */
export const plainPassword = {
  id: 'CAFE092',
  severity: 'advice',
  title: 'A password in plain text',
  why: 'It is in every listing of the pod, in the repository, and in each dump of the environment.',
  problems: (cluster) => [...inVariables(cluster), ...inConfigMaps(cluster)],
} as const satisfies Proof;

const FOUND = 'a password in plain text (not repeated here)';

const inVariables = (cluster: Cluster): Problem[] =>
  allContainers(cluster).flatMap((each) =>
    each.container.env.flatMap(({ name, value = '' }): Problem[] =>
      isPassword(name, value)
        ? [
            {
              object: titleOf(each.workload),
              field: fieldOf(each, `env[${name}].value`),
              found: FOUND,
              expected:
                'valueFrom.secretKeyRef: who may read Deployments must not read passwords, and a Secret can be changed without this file',
              change: `put it into a Secret and refer to it: valueFrom.secretKeyRef with the key ${name}`,
            },
          ]
        : [],
    ),
  );

const inConfigMaps = (cluster: Cluster): Problem[] =>
  [...cluster.configMaps.values()].flatMap((map) =>
    Object.entries(map.typed.data).flatMap(([key, value]): Problem[] =>
      !value.includes('\n') && isPassword(key, value)
        ? [
            {
              object: titleOf(map),
              field: `data.${key}`,
              found: FOUND,
              expected: 'no password in a ConfigMap: everybody who may read the namespace reads it',
              change: `move ${key} to a Secret, and let the containers refer to it with secretKeyRef`,
            },
          ]
        : [],
    ),
  );

const isPassword = (name: string, value: string): boolean =>
  value !== '' &&
  !value.startsWith('$(') &&
  ((SECRET_NAME.test(name) && !POINTER.test(name)) || /:\/\/[^/:@\s]+:[^/@\s$]+@/.test(value));
