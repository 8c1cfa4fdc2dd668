import { implementService } from '@cafe-lumiere/runtime';
import { Database, migrate } from '@cafe-lumiere/runtime/database';
import { EventHub } from '@cafe-lumiere/runtime/events';
import { VERSION } from '../version.js';
import { orderService } from './declaration.js';
import { OrderBook } from './order-book.js';
import { OrderEvents } from './order-events.js';
import type { Order } from './order.js';
import { Retention } from './retention.js';
import { orderHandlers } from './routes.js';
import { WrongGuesses } from './wrong-guesses.js';

const { migrations } = orderService.stores.DB;
const MIGRATIONS = new URL(`./${migrations.folder}/`, import.meta.url);

/** The code of order-service, the only service with a database. */
export const orderServer = implementService(orderService, {
  version: VERSION,
  create({ name, config, stores, log, metrics, draining }) {
    const database = new Database({ ...stores.DB, applicationName: name }, log);
    metrics.watch(
      'database_callers_waiting',
      'Callers who wait for a connection to the database.',
      () => database.waiting,
    );
    const hub = new EventHub<Order>({ event: 'order', draining, open: metrics.eventStreams });
    const events = new OrderEvents(database, hub, log);
    const retention = new Retention(database, { orderDays: config.ORDER_RETENTION_DAYS }, log);
    return {
      handlers: orderHandlers(new OrderBook(database, events.changed), hub, new WrongGuesses(database)),
      readiness: [{ name: 'database', check: () => database.check() }],
      async start(signal) {
        const { replaced } = events;
        await migrate(database, { ...migrations, folder: MIGRATIONS, replaced }, log, signal);
        void events.run(signal);
        void retention.run(signal);
      },
      close: () => database.close(),
    };
  },
});
