import { picksEveryPod, selectorText } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import { mayBeOfOperator } from '../../model/operator-pods.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';

/** A policy restricts some pods: one that picks none leaves them open, and nobody sees it. */
export const policyTarget = {
  id: 'CAFE064',
  title: 'A NetworkPolicy picks no pod',
  why: 'The policy is there, and restricts nobody: the pods that it was written for are open to everybody.',
  problems: (cluster) =>
    cluster.policies.flatMap((policy): Problem[] => {
      const { podSelector } = policy.typed.spec;
      const here = cluster.pods.inNamespace(policy.namespace);
      if (here.length === 0 || picksEveryPod(podSelector)) return [];
      if (
        cluster.pods.selectedBy(policy.namespace, podSelector).length > 0 ||
        mayBeOfOperator(cluster, policy.namespace, podSelector)
      ) {
        return [];
      }
      // A chart's policy for its parts lists those that are switched off, and tests whose pods are made when somebody asks.
      const { matchLabels, matchExpressions } = podSelector;
      const whole = { matchLabels, matchExpressions: [] };
      if (matchExpressions.length > 0 && cluster.pods.selectedBy(policy.namespace, whole).length > 0)
        return [];
      const written = selectorText(podSelector);
      const keys = Object.keys(matchLabels);
      const likely = nearest(
        written,
        here.flatMap(({ podLabels }) =>
          keys.every((key) => podLabels[key] !== undefined)
            ? [keys.map((key) => `${key}=${podLabels[key] ?? ''}`).join(', ')]
            : [],
        ),
      );
      return [
        {
          // Pods that are like nothing here may be made by somebody else.
          severity: likely === undefined ? 'risk' : 'broken',
          object: titleOf(policy),
          field: 'spec.podSelector',
          found: written,
          expected:
            'labels that some pods of the namespace carry; it picks none, so those it was written for are open',
          likely,
          change: `set the selector to ${likely ?? "the labels of the pods' template"}, or {} for every pod`,
        },
      ];
    }),
} as const satisfies Proof;
