import type { Cluster, Typed, Workload } from '../../model/cluster.js';

/** A disruption budget with the workloads whose pods it selects. */
export interface DisruptionBudget {
  readonly budget: Typed<'PodDisruptionBudget'>;
  readonly targets: readonly Workload[];
}

/** Every disruption budget. */
export const disruptionBudgets = (cluster: Cluster): readonly DisruptionBudget[] =>
  cluster.budgets.map((budget) => {
    const { selector } = budget.typed.spec;
    return { budget, targets: selector ? cluster.pods.selectedBy(budget.namespace, selector) : [] };
  });
