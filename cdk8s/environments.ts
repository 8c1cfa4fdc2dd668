import type { DatabaseCredentials, ExternalPostgresProps } from '@cafe-lumiere/constructs';

/** Who runs the database: the chart's own, beside the services, or somebody else's over TLS. */
export type CafeDatabase =
  | { readonly credentials: DatabaseCredentials }
  | { readonly external: Omit<ExternalPostgresProps, 'database' | 'owner'> };

/** What differs between the places where the café runs. */
export interface Environment {
  readonly database: CafeDatabase;
}

/** The Secret of the contract: `DB_PASSWORD` in `cafe-secrets`. */
export const SECRET_NAME = 'cafe-secrets';

/**
 * The environments by name. `local` is the default and what `dist/` holds: it works as it is on a cluster of your own,
 * with a password that everybody can read. In every other one no password is in the output.
 */
export const environments: Readonly<Record<string, Environment>> = {
  local: { database: { credentials: { developmentPassword: 'cafe-lumiere-development' } } },
  production: { database: { credentials: { existingSecret: SECRET_NAME } } },
};

/** @throws Error that lists the names there are */
export function environmentNamed(name = 'local'): Environment {
  const environment = environments[name];
  if (environment) return environment;
  throw new Error(
    `There is no environment "${name}"; cdk8s/environments.ts has: ${Object.keys(environments).join(', ')}.`,
  );
}
