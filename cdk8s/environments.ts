import type { ExternalPostgresProps } from '@cafe-lumiere/constructs';
import type { DatabaseCredentials } from '@cafe-lumiere/constructs';

/** What differs between the places where the café runs. */
export interface Environment {
  readonly databaseCredentials: DatabaseCredentials;
  /**
   * A database that somebody else runs, over TLS; `DB_PASSWORD` is then in the Secret of the contract.
   * @default - the chart's own, beside the services
   */
  readonly externalDatabase?: Omit<ExternalPostgresProps, 'database' | 'owner'>;
}

/** The Secret of the contract: `DB_PASSWORD` in `cafe-secrets`. */
export const SECRET_NAME = 'cafe-secrets';

/**
 * The environments by name. `local` is the default and what `dist/` holds: it works as it is on a cluster of your own,
 * with a password that everybody can read. In every other one no password is in the output.
 */
export const environments: Readonly<Record<string, Environment>> = {
  local: { databaseCredentials: { developmentPassword: 'cafe-lumiere-development' } },
  production: { databaseCredentials: { existingSecret: SECRET_NAME } },
};

/** @throws Error that lists the names there are */
export function environmentNamed(name = 'local'): Environment {
  const environment = environments[name];
  if (environment) return environment;
  throw new Error(
    `There is no environment "${name}"; cdk8s/environments.ts has: ${Object.keys(environments).join(', ')}.`,
  );
}
