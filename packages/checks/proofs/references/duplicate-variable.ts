import { allContainers } from '../../model/containers.js';
import { SECRET_NAME } from '../secrets/plain-password.js';
import type { Problem, Proof } from '../proof.js';
import { podProblem } from './references.js';

/** Each variable is set once. */
export const duplicateVariable = {
  id: 'CAFE025',
  severity: 'risk',
  title: 'A variable is set twice',
  why: 'The last one wins without a word. Somebody changes the first one, and nothing happens.',
  problems: (cluster) =>
    allContainers(cluster).flatMap(({ workload, list, container }) => {
      const seen = new Map<string, string>();
      return container.env.flatMap(({ name, value, valueFrom }): Problem[] => {
        const before = seen.get(name);
        const now = value ?? JSON.stringify(valueFrom ?? '');
        seen.set(name, now);
        if (before === undefined) return [];
        return [
          podProblem(workload, `${list}[${container.name}].env[${name}]`, {
            found: SECRET_NAME.test(name)
              ? 'two entries (not repeated here)'
              : `two entries: ${before}, then ${now}`,
            expected: 'each variable once; the last one wins, and an apply may merge the two into one',
            change: `delete one of the two entries ${name}`,
          }),
        ];
      });
    }),
} as const satisfies Proof;
