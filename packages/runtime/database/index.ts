export { Database, type RunOptions } from './database.js';
export { DEADLOCK, LOCK_NOT_AVAILABLE, UNIQUE_VIOLATION, databaseErrorCode } from './database-error.js';
export { type DatabaseAccess, type DatabaseSettings } from './database-settings.js';
export { type DatabaseTls } from './database-tls.js';
export { DatabaseUnavailableError } from './database-unavailable.js';
export { type DatabaseTarget } from './describe-database-error.js';
export { type MigrationsOptions, migrate } from './migrations.js';
export { inTransaction } from './transaction.js';
export { waitForPostgres } from './wait-for-postgres.js';
