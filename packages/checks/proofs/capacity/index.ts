import { connectionBudget } from './connection-budget.js';

/** Who is asked has room for all who ask. */
export const CAPACITY_PROOFS = [connectionBudget] as const;
