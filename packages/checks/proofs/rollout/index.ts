import { autoscaler } from './autoscaler.js';
import { blockingBudget } from './blocking-budget.js';
import { budgetTarget } from './budget-target.js';
import { headlessService } from './headless-service.js';
import { mixedService } from './mixed-service.js';
import { monitorTarget } from './monitor-target.js';
import { rolloutStrategy } from './rollout-strategy.js';
import { scheduling } from './scheduling.js';
import { selector } from './selector.js';

/** A rollout, a drained node and an autoscaler can each do their work, on a cluster of one node, too, and somebody sees it. */
export const ROLLOUT_PROOFS = [
  rolloutStrategy,
  blockingBudget,
  budgetTarget,
  autoscaler,
  scheduling,
  selector,
  headlessService,
  mixedService,
  monitorTarget,
] as const;
