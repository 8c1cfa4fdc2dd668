import { CloudNativePgCluster, ExternalPostgres, PostgresStack, type Store } from '@cafe-lumiere/constructs';
import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Environment } from './environments.js';

/** What the services are told by `chart` and by `cluster`; the chart's release, too. */
const DB_HOST = 'cafe-lumiere-postgresql';

/** The café's database, by whoever the environment says that runs it. */
export function cafeDatabase(
  scope: Construct,
  { database, monitoring, dns }: Environment,
  digestOf?: (image: string) => string | undefined,
): Store {
  const names = { database: 'cafe_lumiere', owner: 'cafe' };
  if (database.mode === 'external') return new ExternalPostgres(scope, 'postgres', { ...names, ...database });
  const { mode, credentials, tls, clusterImage } = database;
  const props = { ...names, credentials, storage: Size.gibibytes(5), ...(dns !== undefined && { dns }) };
  return mode === 'chart'
    ? new PostgresStack(scope, 'postgres', {
        ...props,
        release: DB_HOST,
        ...(tls !== 'off' && { tls }),
        ...(digestOf && { digestOf }),
      })
    : new CloudNativePgCluster(scope, 'postgres', {
        ...props,
        // Another name than the release's, so that one can be there while the other takes over.
        name: 'cafe-lumiere-database',
        service: DB_HOST,
        image: clusterImage ?? 'ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie',
        tls,
        ...(monitoring === undefined ? {} : { monitoring: monitoring.namespace }),
      });
}
