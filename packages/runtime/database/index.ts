export { connectionOptions } from './connection-options.js';
export {
  DEADLOCK,
  type DatabaseTarget,
  LOCK_NOT_AVAILABLE,
  UNIQUE_VIOLATION,
  describeDatabaseError,
  sqlState,
} from './database-error.js';
export { type DatabaseTls } from './database-tls.js';
export { Database } from './database.js';
export { migrate } from './migrations.js';
