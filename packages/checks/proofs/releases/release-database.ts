import { connections } from '../../model/connections.js';
import { recordOf, titleOf } from '../../model/manifest.js';
import type { Release } from '../../model/release.js';
import { besideHost } from '../../model/variable-names.js';
import type { Problem, Proof } from '../proof.js';

/** The value of the chart, the variable that must agree with it, and what it names. */
const AGREEING = [
  { key: 'database', pattern: '*_NAME', what: 'database' },
  { key: 'username', pattern: '*_USER', what: 'role' },
] as const;

/** The database and the role beside a release's host are those that the release makes (`auth` of its values). */
export const releaseDatabase = {
  id: 'CAFE012',
  title: 'Database or role are not the ones that the Helm release makes',
  why: 'The database answers, and refuses the log-in: a release makes one database and one role at its first start, under the names of its values.',
  problems: (cluster, { releases = [] }) =>
    connections(cluster).flatMap(({ workload, variables, address, resolution }) => {
      if (resolution.kind !== 'service') return [];
      const { content } = resolution.service;
      const release = releases.find(({ manifests }) => manifests.some((each) => each.content === content));
      if (!release) return [];
      return AGREEING.flatMap(({ key, pattern, what }): Problem[] => {
        const variable = variables.get(besideHost(address.variable.name, pattern) ?? '');
        const made = authOf(release)[key];
        if (variable?.value === undefined || made === undefined || variable.value === made) return [];
        return [
          {
            object: titleOf(workload),
            field: `${workload.podPath}.${variable.field}`,
            found: `${variable.name}=${variable.secret ? '(in a Secret)' : variable.value}`,
            expected: `${made}: the release ${release.name} makes this ${what} (auth.${key} in its values)`,
            likely: made,
            change: `set ${variable.origin} to ${made}, or auth.${key} in the values of ${release.name} to ${variable.secret ? 'the same' : variable.value}`,
          },
        ];
      });
    }),
} as const satisfies Proof;

function authOf({ values }: Release): Readonly<Record<'database' | 'username', string | undefined>> {
  const auth = recordOf(recordOf(values)['auth']);
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  return { database: text(auth['database']), username: text(auth['username']) };
}
