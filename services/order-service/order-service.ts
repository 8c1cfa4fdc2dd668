import { Database } from '@cafe-lumiere/runtime/database';
import { variable } from '@cafe-lumiere/runtime';
import { EventHub } from '@cafe-lumiere/runtime/events';
import { migrate } from '@cafe-lumiere/runtime/database';
import { defineService } from '@cafe-lumiere/runtime';
import { OrderBook } from './order-book.js';
import { OrderEvents } from './order-events.js';
import type { Order } from './order.js';
import { Retention } from './retention.js';
import { orderOperations } from './routes.js';
import { DATABASE_VARIABLES, databaseTarget } from './variables.js';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

/** Keeps the orders. The only service with a database. */
export const orderService = defineService({
  name: 'order-service',
  variables: {
    ...DATABASE_VARIABLES,
    DB_POOL_MAX: variable.count(8),
    DB_QUERY_TIMEOUT_MS: variable.milliseconds(1500),
    ORDER_RETENTION_DAYS: variable.count(90),
  },
  create({ name, config, log, metrics, draining }) {
    const database = new Database(
      {
        ...databaseTarget(config),
        poolMax: config.DB_POOL_MAX,
        queryTimeoutMs: config.DB_QUERY_TIMEOUT_MS,
        applicationName: name,
      },
      log,
    );
    const hub = new EventHub<Order>({ event: 'order', draining, open: metrics.eventStreams });
    const events = new OrderEvents(database, hub, log);
    const retention = new Retention(database, { orderDays: config.ORDER_RETENTION_DAYS }, log);
    return {
      operations: orderOperations(new OrderBook(database, events.changed), hub),
      readiness: [{ name: 'database', check: () => database.check() }],
      async start(signal) {
        await migrate(database, { owner: name, folder: MIGRATIONS, table: 'schema_migrations' }, log, signal);
        void events.run(signal);
        void retention.run(signal);
      },
      close: () => database.close(),
    };
  },
});
