import type { Cluster } from './cluster.js';
import { isRecord, type Manifest, recordsIn } from './manifest.js';
import { once } from './once.js';

/** What a controller makes of an object of some kind. */
export interface Making {
  readonly kind: 'Secret' | 'ConfigMap' | 'Service' | 'ServiceAccount' | 'PersistentVolumeClaim';
  /**
   * Its name: text, and paths of the object between braces. `{spec.secretName}`, `{metadata.name}-rw`,
   * `{spec.secretObjects[].secretName}` for each of a list, `{spec.target.name|metadata.name}` for the first that is there.
   */
  readonly name: string;
  /** Ports of a Service that it makes. @default - not known */
  readonly ports?: readonly number[] | undefined;
}

/** Kinds as `Kind.group`; `Kind` alone for those of Kubernetes itself. */
export type MadeObjects = Readonly<Record<string, readonly Making[]>>;

const secret = (name: string): Making => ({ kind: 'Secret', name });
const configMap = (name: string): Making => ({ kind: 'ConfigMap', name });
const service = (name: string, ...ports: readonly number[]): Making => ({ kind: 'Service', name, ports });

/** What well-known controllers make. docs/checks.md lists it; a configuration file adds to it. */
export const MADE_OBJECTS: MadeObjects = {
  'Certificate.cert-manager.io': [secret('{spec.secretName}')],
  'Issuer.cert-manager.io': [secret('{spec.acme.privateKeySecretRef.name}')],
  'ClusterIssuer.cert-manager.io': [secret('{spec.acme.privateKeySecretRef.name}')],
  'ExternalSecret.external-secrets.io': [secret('{spec.target.name|metadata.name}')],
  'ClusterExternalSecret.external-secrets.io': [
    secret('{spec.externalSecretName|spec.externalSecretSpec.target.name|metadata.name}'),
    secret('{spec.externalSecretSpec.target.name}'),
  ],
  'SealedSecret.bitnami.com': [secret('{spec.template.metadata.name|metadata.name}')],
  'SopsSecret.isindir.github.com': [secret('{spec.secretTemplates[].name}')],
  'SecretProviderClass.secrets-store.csi.x-k8s.io': [secret('{spec.secretObjects[].secretName}')],
  'VaultStaticSecret.secrets.hashicorp.com': [secret('{spec.destination.name}')],
  'VaultDynamicSecret.secrets.hashicorp.com': [secret('{spec.destination.name}')],
  'VaultPKISecret.secrets.hashicorp.com': [secret('{spec.destination.name}')],
  'VaultSecret.ricoberger.de': [secret('{metadata.name}')],
  'OnePasswordItem.onepassword.com': [secret('{metadata.name}')],
  'BitwardenSecret.k8s.bitwarden.com': [secret('{spec.secretName}')],
  'DopplerSecret.secrets.doppler.com': [secret('{spec.managedSecret.name}')],
  'InfisicalSecret.secrets.infisical.com': [secret('{spec.managedSecretReference.secretName}')],
  'AzureKeyVaultSecret.spv.no': [secret('{spec.output.secret.name}')],
  'StringSecret.secretgenerator.mittwald.de': [secret('{metadata.name}')],
  'Password.secretgen.k14s.io': [secret('{metadata.name}')],
  'Bundle.trust.cert-manager.io': [configMap('{metadata.name}'), secret('{metadata.name}')],
  'ObjectBucketClaim.objectbucket.io': [secret('{metadata.name}'), configMap('{metadata.name}')],
  'ServiceBinding.services.cloud.sap.com': [secret('{spec.secretName|metadata.name}')],
  'Cluster.postgresql.cnpg.io': [
    service('{metadata.name}-rw', 5432),
    service('{metadata.name}-ro', 5432),
    service('{metadata.name}-r', 5432),
    ...['app', 'superuser', 'ca', 'server', 'replication'].map((end) => secret(`{metadata.name}-${end}`)),
    { kind: 'ServiceAccount', name: '{metadata.name}' },
  ],
  'Pooler.postgresql.cnpg.io': [service('{metadata.name}', 5432)],
  'PostgresCluster.postgres-operator.crunchydata.com': [
    service('{metadata.name}-primary', 5432),
    service('{metadata.name}-replicas', 5432),
    service('{metadata.name}-pgbouncer', 5432),
    secret('{metadata.name}-pguser-{metadata.name}'),
    secret('{metadata.name}-pguser-{spec.users[].name}'),
    secret('{metadata.name}-cluster-cert'),
  ],
  'postgresql.acid.zalan.do': [
    service('{metadata.name}', 5432),
    service('{metadata.name}-repl', 5432),
    service('{metadata.name}-pooler', 5432),
    secret('{spec.users{}}.{metadata.name}.credentials.postgresql.acid.zalan.do'),
    secret('postgres.{metadata.name}.credentials.postgresql.acid.zalan.do'),
  ],
  'InnoDBCluster.mysql.oracle.com': [service('{metadata.name}'), service('{metadata.name}-instances')],
  'PerconaServerMySQL.ps.percona.com': [
    service('{metadata.name}-haproxy'),
    service('{metadata.name}-mysql'),
    secret('{spec.secretsName|metadata.name}'),
  ],
  'MariaDB.k8s.mariadb.com': [
    service('{metadata.name}', 3306),
    service('{metadata.name}-primary', 3306),
    service('{metadata.name}-secondary', 3306),
    secret('{spec.rootPasswordSecretKeyRef.name}'),
    secret('{spec.passwordSecretKeyRef.name}'),
  ],
  'MongoDBCommunity.mongodbcommunity.mongodb.com': [
    service('{metadata.name}-svc', 27017),
    secret('{metadata.name}-{spec.users[].db}-{spec.users[].name}'),
    secret('{spec.users[].connectionStringSecretName}'),
  ],
  'RabbitmqCluster.rabbitmq.com': [
    service('{metadata.name}'),
    service('{metadata.name}-nodes'),
    secret('{metadata.name}-default-user'),
  ],
  'Kafka.kafka.strimzi.io': [
    service('{metadata.name}-kafka-bootstrap'),
    service('{metadata.name}-kafka-brokers'),
    service('{metadata.name}-zookeeper-client', 2181),
    secret('{metadata.name}-cluster-ca-cert'),
    secret('{metadata.name}-clients-ca-cert'),
  ],
  'KafkaUser.kafka.strimzi.io': [secret('{metadata.name}')],
  'KafkaConnect.kafka.strimzi.io': [service('{metadata.name}-connect-api', 8083)],
  'Elasticsearch.elasticsearch.k8s.elastic.co': [
    service('{metadata.name}-es-http', 9200),
    service('{metadata.name}-es-transport', 9300),
    secret('{metadata.name}-es-elastic-user'),
    secret('{metadata.name}-es-http-certs-public'),
    secret('{metadata.name}-es-http-certs-internal'),
  ],
  'Kibana.kibana.k8s.elastic.co': [
    service('{metadata.name}-kb-http', 5601),
    secret('{metadata.name}-kb-http-certs-public'),
  ],
  'RedisFailover.databases.spotahome.com': [
    service('rfs-{metadata.name}', 26379),
    service('rfrm-{metadata.name}', 6379),
  ],
  'Redis.redis.redis.opstreelabs.in': [
    service('{metadata.name}', 6379),
    service('{metadata.name}-headless', 6379),
  ],
  'RedisCluster.redis.redis.opstreelabs.in': [
    service('{metadata.name}-leader', 6379),
    service('{metadata.name}-follower', 6379),
  ],
  'Dragonfly.dragonflydb.io': [service('{metadata.name}', 6379)],
  'Prometheus.monitoring.coreos.com': [
    service('prometheus-operated', 9090),
    secret('prometheus-{metadata.name}'),
  ],
  'Alertmanager.monitoring.coreos.com': [
    service('alertmanager-operated'),
    secret('alertmanager-{metadata.name}-generated'),
  ],
  'ThanosRuler.monitoring.coreos.com': [service('thanos-ruler-operated')],
  'OpenTelemetryCollector.opentelemetry.io': [
    service('{metadata.name}-collector'),
    service('{metadata.name}-collector-headless'),
    service('{metadata.name}-collector-monitoring'),
    { kind: 'ServiceAccount', name: '{metadata.name}-collector' },
  ],
  'Jaeger.jaegertracing.io': ['agent', 'collector', 'collector-headless', 'query'].map((end) =>
    service(`{metadata.name}-${end}`),
  ),
  'Keycloak.k8s.keycloak.org': [service('{metadata.name}-service'), secret('{metadata.name}-initial-admin')],
  'Tenant.minio.min.io': [
    service('minio'),
    service('{metadata.name}-hl', 9000),
    service('{metadata.name}-console'),
  ],
  // A mesh answers for these names.
  'ServiceEntry.networking.istio.io': [service('{spec.hosts[]}')],
  'Service.serving.knative.dev': [service('{metadata.name}', 80)],
  'InferenceService.serving.kserve.io': [service('{metadata.name}-predictor')],
  'Broker.eventing.knative.dev': [service('{metadata.name}-broker-ingress')],
  'CephCluster.ceph.rook.io': [secret('rook-ceph-mon')],
};

/** An object that a controller makes. */
export interface MadeObject extends Making {
  readonly namespace: string;
  /** What it is made of. */
  readonly by: Manifest;
}

/** Everything that controllers make of these objects, by kind, namespace and name. */
export const madeObjects = once((cluster): ReadonlyMap<string, MadeObject> => {
  const made = new Map<string, MadeObject>();
  const table: MadeObjects = { ...MADE_OBJECTS, ...cluster.makes };
  const add = (by: Manifest, making: Making): void => {
    for (const name of namesIn(making.name, by.content)) {
      made.set(`${making.kind} ${by.namespace}/${name}`, { ...making, name, namespace: by.namespace, by });
    }
  };
  for (const manifest of cluster.manifests) {
    const group = manifest.apiVersion.includes('/') ? `.${manifest.apiVersion.split('/')[0] ?? ''}` : '';
    for (const making of table[manifest.kind + group] ?? []) add(manifest, making);
    for (const making of [...ofAnnotations(manifest), ...ofRole(manifest)]) add(manifest, making);
  }
  // A job may make its Secret itself, as those do that write the certificates of webhooks.
  for (const { pod, ...workload } of cluster.workloads) {
    for (const { command, args } of pod.containers) {
      const words = [...command, ...args].join(' ');
      const name = /\bcreate\b.*--secret-name[= ](\S+)/.exec(words)?.[1];
      if (name !== undefined) add(workload, secret(name));
    }
  }
  return made;
});

/** Whether a controller makes this object, of one that is here. Those of objects without a namespace are everywhere. */
export function isMade(cluster: Cluster, kind: string, namespace: string, name: string): boolean {
  const made = madeObjects(cluster);
  return (
    made.has(`${kind} ${namespace}/${name}`) ||
    made.has(`${kind} /${name}`) ||
    cluster.mayBeOfRelease(namespace, name)
  );
}

/** cert-manager makes the Secrets of an Ingress or a Gateway that asks for it. */
function ofAnnotations({ kind, annotations }: Manifest): readonly Making[] {
  const asks = Object.keys(annotations).some((key) =>
    /^(?:cert-manager\.io\/(?:cluster-)?issuer|kubernetes\.io\/tls-acme)$/.test(key),
  );
  if (!asks) return [];
  if (kind === 'Ingress') return [secret('{spec.tls[].secretName}')];
  return kind === 'Gateway' ? [secret('{spec.listeners[].tls.certificateRefs[].name}')] : [];
}

/** Who may create Secrets and is told the name of one makes it. */
function ofRole({ kind, apiVersion, content }: Manifest): readonly Making[] {
  if (!/^(?:Cluster)?Role$/.test(kind) || !apiVersion.startsWith('rbac.authorization.k8s.io/')) return [];
  const rules = recordsIn(content['rules']);
  return (['Secret', 'ConfigMap'] as const).flatMap((made) => {
    const own = rules.filter(({ resources }) => textsIn(resources).includes(`${made.toLowerCase()}s`));
    if (!own.some(({ verbs }) => textsIn(verbs).includes('create'))) return [];
    return own.flatMap(({ resourceNames }) => textsIn(resourceNames).map((name) => ({ kind: made, name })));
  });
}

const textsIn = (list: unknown): readonly string[] => textsAt({ list }, ['list[]']);

/** Every name that a pattern makes of an object; none when a path of it is not there. */
function namesIn(pattern: string, content: unknown): readonly string[] {
  const brace = /\{((?:[^{}]|\{\})+)\}/.exec(pattern);
  if (!brace) return [pattern];
  const [whole, paths = ''] = brace;
  const values = paths
    .split('|')
    .map((path) => textsAt(content, path.split('.')))
    .find((texts) => texts.length > 0);
  return (values ?? []).flatMap((value) =>
    namesIn(
      pattern.replace(whole, () => value),
      content,
    ),
  );
}

/** The texts at a path; `[]` behind a step is each entry of a list, `{}` each key of a map. */
function textsAt(content: unknown, [step, ...others]: readonly string[]): readonly string[] {
  if (step === undefined) return typeof content === 'string' ? [content] : [];
  const [, key = step, each] = /^(.+?)(\[\]|\{\})$/.exec(step) ?? [];
  const value = isRecord(content) ? content[key] : undefined;
  if (each === '{}') return isRecord(value) ? Object.keys(value) : [];
  if (each === undefined) return textsAt(value, others);
  return Array.isArray(value) ? value.flatMap((entry: unknown) => textsAt(entry, others)) : [];
}
