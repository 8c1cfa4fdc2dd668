import { Database } from '../runtime/database.js';
import { variable } from '../runtime/config.js';
import { migrate } from '../runtime/migrations.js';
import { defineService } from '../runtime/service.js';
import { OrderBook } from './order-book.js';
import { orderRoutes } from './routes.js';
import { DATABASE_VARIABLES, databaseTarget } from './variables.js';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** Keeps the orders. The only service with a database. */
export const orderService = defineService({
  name: 'order-service',
  variables: {
    ...DATABASE_VARIABLES,
    DB_POOL_MAX: variable.count(8),
    DB_QUERY_TIMEOUT_MS: variable.milliseconds(1500),
  },
  create({ name, config, log }) {
    const database = new Database(
      {
        ...databaseTarget(config),
        poolMax: config.DB_POOL_MAX,
        queryTimeoutMs: config.DB_QUERY_TIMEOUT_MS,
        applicationName: name,
      },
      log,
    );
    return {
      router: orderRoutes(new OrderBook(database)),
      readiness: [{ name: 'database', check: () => database.check() }],
      start: (signal) => migrate(database, MIGRATIONS, log, signal),
      close: () => database.close(),
    };
  },
});
