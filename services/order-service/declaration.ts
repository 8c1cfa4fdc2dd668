import { count, declareService, postgres } from '@cafe-lumiere/contract';
import { orderApi } from './api.js';

/** Keeps the orders. */
export const orderService = declareService({
  name: 'order-service',
  port: 5001,
  reads: { ORDER_RETENTION_DAYS: count(90) },
  stores: {
    DB: postgres({
      migrations: {
        owner: 'order-service',
        folder: 'migrations',
        // Released cafés have their history in a table without an owner's name.
        table: 'schema_migrations',
      },
    }),
  },
  image: {
    programs: {
      server: './main.ts',
      'wait-for-postgres': './wait-for-postgres.ts',
      'erase-guest': './erase-guest.ts',
    },
    folders: ['migrations'],
  },
  api: orderApi,
});
