import { variable, type ConfigOf } from '@cafe-lumiere/runtime';
import type { DatabaseTarget } from '@cafe-lumiere/runtime/database';
import type { DatabaseTls } from '@cafe-lumiere/runtime/database';

/** Where the database is. The gate and the service read the same. */
export const DATABASE_VARIABLES = {
  DB_HOST: variable.host('cafe-lumiere-postgresql'),
  DB_PORT: variable.port(),
  DB_NAME: variable.text('cafe_lumiere'),
  DB_USER: variable.text('cafe'),
  DB_PASSWORD: variable.password(),
  /** As libpq names them; there is nothing between: TLS without a checked certificate protects from nobody. */
  DB_SSL_MODE: variable.oneOf(['disable', 'verify-full'], 'disable'),
  /** A file of certificates in PEM; empty means those that Node trusts by itself. */
  DB_SSL_ROOT_CERT: variable.certificates(),
};

/** The same as the database's modules name it. */
export function databaseTarget(
  config: ConfigOf<typeof DATABASE_VARIABLES>,
): DatabaseTarget & { readonly password: string; readonly tls: DatabaseTls | undefined } {
  return {
    host: config.DB_HOST,
    port: config.DB_PORT,
    database: config.DB_NAME,
    user: config.DB_USER,
    password: config.DB_PASSWORD,
    tls: config.DB_SSL_MODE === 'disable' ? undefined : { ca: config.DB_SSL_ROOT_CERT },
  };
}
