import { variable } from '../config.js';
import { waitForPostgres } from './wait-for-postgres.js';

// The gate of a service with two databases, in front of the second one.

await waitForPostgres({
  variables: {
    LEDGER_DB_HOST: variable.host('postgresql'),
    LEDGER_DB_PORT: variable.port(),
    LEDGER_DB_NAME: variable.text('ledger'),
    LEDGER_DB_USER: variable.text('ledger'),
    LEDGER_DB_PASSWORD: variable.password(),
  },
  access: (config) => ({
    host: config.LEDGER_DB_HOST,
    port: config.LEDGER_DB_PORT,
    database: config.LEDGER_DB_NAME,
    user: config.LEDGER_DB_USER,
    password: config.LEDGER_DB_PASSWORD,
    variables: {
      host: 'LEDGER_DB_HOST',
      port: 'LEDGER_DB_PORT',
      database: 'LEDGER_DB_NAME',
      user: 'LEDGER_DB_USER',
      password: 'LEDGER_DB_PASSWORD',
      sslMode: 'LEDGER_DB_SSL_MODE',
      sslRootCertificate: 'LEDGER_DB_SSL_ROOT_CERT',
    },
  }),
});
