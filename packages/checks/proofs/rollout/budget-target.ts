import type { Cluster, Typed, Workload } from '../../model/cluster.js';
import { selectorText } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import { mayBeOfOperator } from '../../model/operator-pods.js';
import { nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { disruptionBudgets } from './disruption-budgets.js';

/** A disruption budget protects pods, and each pod has one. */
export const budgetTarget = {
  id: 'CAFE073',
  severity: 'risk',
  title: 'A PodDisruptionBudget for no pods, or a second one',
  why: 'A budget for no pods protects nothing; two for the same pods make every eviction fail with an error of the API server.',
  problems: (cluster) => {
    const covered = new Map<Workload, string>();
    return disruptionBudgets(cluster).flatMap(({ budget, targets }): Problem[] => {
      if (targets.length === 0) {
        const { selector } = budget.typed.spec;
        return selector && mayBeOfOperator(cluster, budget.namespace, selector)
          ? []
          : [protectsNobody(cluster, budget)];
      }
      const object = titleOf(budget);
      return targets.flatMap((workload): Problem[] => {
        const first = covered.get(workload);
        covered.set(workload, object);
        if (first === undefined) return [];
        return [
          {
            object,
            field: 'spec.selector',
            found: `the pods of ${titleOf(workload)}, which ${first} selects as well`,
            expected: 'one budget a pod: with two, every eviction is refused with an error',
            change: `delete one of ${first} and ${object}`,
          },
        ];
      });
    });
  },
} as const satisfies Proof;

function protectsNobody(cluster: Cluster, budget: Typed<'PodDisruptionBudget'>): Problem {
  const { selector } = budget.typed.spec;
  const candidates = cluster.pods
    .inNamespace(budget.namespace)
    .map((each) => selectorText(each.selector ?? { matchLabels: {}, matchExpressions: [] }));
  return {
    object: titleOf(budget),
    field: 'spec.selector',
    found: selector ? selectorText(selector) : 'nothing',
    expected: 'labels that some pods of the namespace carry; it protects none',
    likely: selector && nearest(selectorText(selector), candidates),
    change: "set the selector to the workload's own",
  };
}
