import { waitForPostgres } from '@cafe-lumiere/runtime/database';
import { DATABASE_VARIABLES, databaseTarget } from './variables.js';

await waitForPostgres({ variables: DATABASE_VARIABLES, access: databaseTarget });
