import type { Cluster, Workload } from './cluster.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';
import { absolute } from './percentage.js';
import { selectorText } from './pod-index.js';

/** A disruption budget protects pods, each pod has one, and one of them may go. */
export function budgets(
  cluster: Cluster,
  scaled: ReadonlyMap<string, Cluster['autoscalers'][number]>,
): Finding[] {
  const covered = new Map<Workload, string>();
  return cluster.budgets.flatMap((budget): Finding[] => {
    const { minAvailable, maxUnavailable, selector } = budget.typed.spec;
    const object = titleOf(budget);
    const targets = selector ? cluster.pods.selectedBy(budget.namespace, selector) : [];
    if (targets.length === 0) {
      return [
        {
          id: 'CAFE073',
          severity: 'error',
          object,
          field: 'spec.selector',
          found: selector ? selectorText(selector) : 'nothing',
          expected: 'labels that some pods of the namespace carry; it protects none',
          likely:
            selector &&
            nearest(
              selectorText(selector),
              cluster.pods
                .inNamespace(budget.namespace)
                .map((each) => selectorText(each.selector ?? { matchLabels: {}, matchExpressions: [] })),
            ),
          change: "set the selector to the workload's own",
        },
      ];
    }
    return targets.flatMap((workload): Finding[] => {
      const twice = covered.get(workload);
      covered.set(workload, object);
      const replicas = scaled.get(titleOf(workload))?.typed.spec.minReplicas ?? workload.spec?.replicas ?? 1;
      const keep = minAvailable === undefined ? 0 : absolute(minAvailable, replicas, 'up');
      const spare = maxUnavailable === undefined ? replicas : absolute(maxUnavailable, replicas, 'up');
      const blocked = minAvailable !== undefined ? keep >= replicas : spare < 1;
      const field = minAvailable === undefined ? 'maxUnavailable' : 'minAvailable';
      return [
        ...(twice === undefined
          ? []
          : [
              {
                id: 'CAFE073' as const,
                severity: 'error' as const,
                object,
                field: 'spec.selector',
                found: `the pods of ${titleOf(workload)}, which ${twice} selects as well`,
                expected: 'one budget a pod: with two, every eviction is refused with an error',
                change: `delete one of ${twice} and ${object}`,
              },
            ]),
        ...(replicas > 0 && blocked
          ? [
              {
                id: 'CAFE072' as const,
                severity: 'error' as const,
                object,
                field: `spec.${field}`,
                found: `${field}: ${minAvailable ?? maxUnavailable ?? ''}, and ${titleOf(workload)} has ${replicas} ${replicas === 1 ? 'pod' : 'pods'}`,
                expected:
                  'a budget that lets one pod go: this one refuses every eviction, and draining a node waits for ever',
                likely: 'maxUnavailable: 1',
                change: 'use maxUnavailable: 1 and no minAvailable',
              },
            ]
          : []),
      ];
    });
  });
}
