import { removedVersion } from '../../model/removed-versions.js';
import type { Problem, Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/** Each object is of an API version that Kubernetes still serves. */
export const removedVersionOfKind = {
  id: 'CAFE108',
  title: 'An API version that Kubernetes has removed',
  why: 'Every cluster of a supported version refuses the object, with "no matches for kind". It worked on the cluster that it was written for, and goes with the upgrade of that one.',
  problems: (cluster) =>
    cluster.manifests.flatMap((manifest): Problem[] => {
      const { apiVersion, kind, template } = manifest;
      const removed = removedVersion(apiVersion, kind);
      if (!removed) return [];
      const { since, instead, differences } = removed;
      const rendered =
        instead === undefined || template === undefined
          ? ''
          : `. Where the chart asks what the cluster serves, render it with --api-versions ${instead}/${kind}`;
      return [
        objectProblem(manifest, 'apiVersion', {
          found: apiVersion,
          expected: `${instead ?? 'no such object'}: Kubernetes ${since} and later know no ${kind} of ${apiVersion}`,
          change:
            instead === undefined
              ? `delete the object; ${differences}`
              : `set apiVersion to ${instead}${differences === '' ? '' : `; ${differences}`}${rendered}`,
        }),
      ];
    }),
} as const satisfies Proof;
