import {
  CloudNativePgCluster,
  ExternalPostgres,
  LogicalBackup,
  type LogicalBackupOptions,
  PostgresStack,
  type Store,
} from '@cafe-lumiere/constructs';
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
  const { credentials, tls } = database;
  const props = { ...names, credentials, storage: Size.gibibytes(5), ...(dns !== undefined && { dns }) };
  if (database.mode === 'chart') {
    return new PostgresStack(scope, 'postgres', {
      ...props,
      release: DB_HOST,
      ...(tls !== 'off' && { tls }),
      ...(digestOf && { digestOf }),
    });
  }
  const cluster = new CloudNativePgCluster(scope, 'postgres', {
    ...props,
    // Another name than the release's, so that one can be there while the other takes over.
    name: 'cafe-lumiere-database',
    service: DB_HOST,
    image: database.clusterImage ?? 'ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie',
    tls,
    ...(monitoring === undefined ? {} : { monitoring: monitoring.namespace }),
  });
  const backup = backupOf(database);
  if (backup !== 'none') new LogicalBackup(scope, 'backup', { ...backup, cluster });
  return cluster;
}

/** Types are not looked at by `make synth`, and a mode that is changed in a hurry would have no backup. */
function backupOf({
  backup,
}: {
  readonly backup?: LogicalBackupOptions | 'none';
}): LogicalBackupOptions | 'none' {
  if (backup !== undefined) return backup;
  throw new Error(
    "cdk8s/environments.ts: a database of the mode 'cluster' says what its backup is. Write beside mode: backup: {} (a dump each night, restored and compared before it counts), or backup: 'none' when somebody else backs it up.",
  );
}
