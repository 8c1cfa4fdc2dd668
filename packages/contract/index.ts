export {
  type DatabaseClient,
  EXPORTER,
  HEADROOM,
  OUTSIDE_POOL,
  RESERVED,
  connectionBudgetProblem,
} from './connection-budget.js';
