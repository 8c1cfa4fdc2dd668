export {
  type DatabaseClient,
  EXPORTER,
  HEADROOM,
  OUTSIDE_POOL,
  RESERVED,
  connectionBudgetProblem,
} from './connection-budget.js';
export { HEADERS } from './headers.js';
export { CLIENT_KEEP_ALIVE_MS, SERVER_KEEP_ALIVE_MS } from './keep-alive.js';
