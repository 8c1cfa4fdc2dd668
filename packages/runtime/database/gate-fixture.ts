import { postgres } from '@cafe-lumiere/contract';
import { waitForPostgres } from './wait-for-postgres.js';

// A gate whose store has other variables than the usual ones.

await waitForPostgres({ stores: { LEDGER_DB: postgres({}) } });
