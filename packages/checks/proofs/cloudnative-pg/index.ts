import { instancePolicies } from './instance-policies.js';
import { keptRecovery } from './kept-recovery.js';
import { ownerSecret } from './owner-secret.js';
import { shutdownTimes } from './shutdown-times.js';
import { singleInstanceBudget } from './single-instance-budget.js';
import { standbyService } from './standby-service.js';
import { transactionPooling } from './transaction-pooling.js';

/** A PostgreSQL of the CloudNativePG operator, and those around it: what was reported to hurt, again and again. */
export const CLOUDNATIVE_PG_PROOFS = [
  singleInstanceBudget,
  transactionPooling,
  ownerSecret,
  keptRecovery,
  shutdownTimes,
  instancePolicies,
  standbyService,
] as const;
