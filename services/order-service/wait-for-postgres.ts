import { waitForPostgres } from '@cafe-lumiere/runtime/database';
import { orderService } from './declaration.js';

await waitForPostgres(orderService);
