import { CHART_NAME, POSTGRESQL_PORT, postgresqlPodLabels, postgresqlServiceName } from './release-names.js';
import { parsePostgresqlValues, type PostgresqlValues, type PostgresqlValuesInput } from './values.js';

type Labels = Readonly<Record<string, string>>;

/** A release of the chart. */
export interface PostgresqlRelease {
  /** The name that it is installed under. */
  readonly release: string;
  readonly namespace: string;
  /** As for `postgresqlChartFiles`. @default - the chart's own */
  readonly values?: PostgresqlValuesInput | undefined;
}

interface Named<Version extends string, Kind extends string> {
  readonly apiVersion: Version;
  readonly kind: Kind;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Labels };
}

/** The client Service, or the headless one that names the pod. */
export interface PostgresqlService extends Named<'v1', 'Service'> {
  readonly spec: {
    readonly type: 'ClusterIP';
    readonly clusterIP?: 'None';
    readonly selector: Labels;
    readonly ports: readonly [
      {
        readonly name: 'postgresql';
        readonly port: number;
        readonly protocol: 'TCP';
        readonly targetPort: 'postgresql';
      },
    ];
  };
}

/** The application's password, where the values have it. */
export interface PostgresqlSecret extends Named<'v1', 'Secret'> {
  readonly type: 'kubernetes.io/basic-auth';
  /** In base64. */
  readonly data: { readonly username: string; readonly password: string };
}

/** Who reaches the database. */
export interface PostgresqlNetworkPolicy extends Named<'networking.k8s.io/v1', 'NetworkPolicy'> {
  readonly spec: {
    readonly podSelector: { readonly matchLabels: Labels };
    readonly policyTypes: readonly ['Ingress', 'Egress'];
    readonly ingress: readonly [
      {
        readonly from: readonly { readonly podSelector: LabelSelector }[];
        readonly ports: readonly [{ readonly protocol: 'TCP'; readonly port: number }];
      },
    ];
    readonly egress: readonly [];
  };
}

interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In';
    readonly values: readonly string[];
  }[];
}

/** The server. */
export interface PostgresqlStatefulSet extends Named<'apps/v1', 'StatefulSet'> {
  readonly spec: {
    readonly replicas: 1;
    readonly serviceName: string;
    readonly selector: { readonly matchLabels: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly securityContext: {
          readonly runAsNonRoot: true;
          readonly seccompProfile: { readonly type: 'RuntimeDefault' };
        };
        readonly containers: readonly [ServerContainer];
        readonly volumes: readonly {
          readonly name: string;
          readonly secret: {
            readonly secretName: string;
            readonly items: readonly { readonly key: string; readonly path: string }[];
          };
        }[];
      };
    };
  };
}

interface ServerContainer {
  readonly name: 'postgres';
  readonly image: string;
  /** Each parameter of PostgreSQL, as `-c`, `name=value`. */
  readonly args: readonly string[];
  readonly ports: readonly [
    { readonly name: 'postgresql'; readonly containerPort: number; readonly protocol: 'TCP' },
  ];
  readonly startupProbe: ExecProbe;
  readonly readinessProbe: ExecProbe;
  readonly livenessProbe: ExecProbe;
  readonly securityContext: {
    readonly allowPrivilegeEscalation: false;
    readonly readOnlyRootFilesystem: true;
    readonly capabilities: { readonly drop: readonly ['ALL'] };
  };
}

interface ExecProbe {
  readonly exec: { readonly command: readonly string[] };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** One object of a release. */
export type PostgresqlObject =
  PostgresqlService | PostgresqlSecret | PostgresqlNetworkPolicy | PostgresqlStatefulSet;

/**
 * What a release of the chart puts into the cluster, as far as other objects rely on it, without Helm: the Services,
 * the StatefulSet with the container that serves, the network policy, and the Secret of a password that is in the
 * values. A generated password is in no manifest, and neither is its Secret here. Each field is one that Helm renders,
 * too; a test compares them.
 *
 * @throws Error that names each value that is not allowed, and why; and for a release whose Service would have a name
 * that Kubernetes refuses
 */
export function postgresqlObjects({
  release,
  namespace,
  values: given,
}: PostgresqlRelease): readonly PostgresqlObject[] {
  const values = parsePostgresqlValues(given ?? {});
  const name = postgresqlServiceName(release, values);
  const labels = postgresqlPodLabels(release, values);
  const shownLabels = { ...values.commonLabels, ...labels };
  const metadata = (own: string): PostgresqlObject['metadata'] => ({
    name: own,
    namespace,
    labels: shownLabels,
  });
  const { existingSecret, username, password } = values.auth;
  const secret = existingSecret || `${name}-auth`;
  const { networkPolicy } = values.primary;
  return [
    service(metadata(name), labels),
    service(metadata(`${name}-hl`), labels, { clusterIP: 'None' }),
    ...(existingSecret === '' && password !== ''
      ? [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: metadata(secret),
            type: 'kubernetes.io/basic-auth',
            data: { username: base64(username), password: base64(password) },
          } as const,
        ]
      : []),
    ...(networkPolicy.enabled ? [clientsPolicy(metadata(name), labels, networkPolicy.clients)] : []),
    statefulSet(metadata(name), labels, secret, values),
  ];
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const service = (
  metadata: PostgresqlService['metadata'],
  selector: Labels,
  kind: { readonly clusterIP?: 'None' } = {},
): PostgresqlService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: {
    type: 'ClusterIP',
    ...kind,
    selector,
    ports: [{ name: 'postgresql', port: POSTGRESQL_PORT, protocol: 'TCP', targetPort: 'postgresql' }],
  },
});

function clientsPolicy(
  metadata: PostgresqlNetworkPolicy['metadata'],
  labels: Labels,
  clients: PostgresqlValues['primary']['networkPolicy']['clients'],
): PostgresqlNetworkPolicy {
  const key = 'app.kubernetes.io/component';
  // The chart's own test, backup and exporter, of the same release.
  const matchLabels = Object.fromEntries(Object.entries(labels).filter(([label]) => label !== key));
  const jobs: LabelSelector = {
    matchLabels,
    matchExpressions: [{ key, operator: 'In', values: ['test', 'backup', 'restore', 'metrics'] }],
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [...(clients.length === 0 ? [{}] : clients), jobs].map((podSelector) => ({ podSelector })),
          ports: [{ protocol: 'TCP', port: POSTGRESQL_PORT }],
        },
      ],
      egress: [],
    },
  };
}

function statefulSet(
  metadata: PostgresqlStatefulSet['metadata'],
  labels: Labels,
  secretName: string,
  values: PostgresqlValues,
): PostgresqlStatefulSet {
  const { tls } = values;
  const { existingSecret, password, secretKeys } = values.auth;
  const key = existingSecret === '' ? 'password' : secretKeys.userPasswordKey;
  const generated = existingSecret === '' && password === '';
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      replicas: 1,
      serviceName: `${metadata.name}-hl`,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: metadata.labels },
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [serverContainer(values)],
          volumes: [
            ...(generated
              ? []
              : [{ name: 'auth', secret: { secretName, items: [{ key, path: 'password' }] } }]),
            ...(tls.enabled && tls.existingSecret !== '' ? [tlsVolume(tls.existingSecret)] : []),
          ],
        },
      },
    },
  };
}

const tlsVolume = (secretName: string) => ({
  name: 'tls',
  secret: { secretName, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) },
});
const TLS_PARAMETERS = [
  ['ssl', 'on'],
  ['ssl_cert_file', '/etc/postgresql/tls/tls.crt'],
  ['ssl_key_file', '/etc/postgresql/tls/tls.key'],
] as const;

const IS_READY = `pg_isready -q -h 127.0.0.1 -p ${POSTGRESQL_PORT} -U "$APP_USERNAME" -d "$APP_DATABASE" -t 3`;
const IS_ALIVE = `${IS_READY} || [ $? -eq 1 ] || [ -e /tmp/initializing ]`;
const STARTED = `for look in $(seq 40); do ${IS_READY} && exit; sleep 0.1; done; ${IS_ALIVE}`;
const probe = (command: string, numbers: Omit<ExecProbe, 'exec'>): ExecProbe => ({
  exec: { command: ['sh', '-c', command] },
  ...numbers,
});

function serverContainer({ image, postgresqlConfiguration, tls }: PostgresqlValues): ServerContainer {
  const registry = image.registry === '' ? '' : `${image.registry}/`;
  const digest = image.digest === '' ? '' : `@${image.digest}`;
  const parameters: readonly (readonly [string, string | number | boolean])[] = [
    ['hba_file', '/etc/postgresql/scripts/pg_hba.conf'],
    ['listen_addresses', '*'],
    ['unix_socket_directories', '/var/run/postgresql'],
    ...(tls.enabled ? TLS_PARAMETERS : []),
    // Helm goes through them in this order.
    ...Object.entries(postgresqlConfiguration).sort(([one], [other]) => (one < other ? -1 : 1)),
  ];
  return {
    name: 'postgres',
    image: `${registry}${image.repository}:${image.tag}${digest}`,
    args: parameters.flatMap(([parameter, value]) => ['-c', `${parameter}=${String(value)}`]),
    ports: [{ name: CHART_NAME, containerPort: POSTGRESQL_PORT, protocol: 'TCP' }],
    startupProbe: probe(STARTED, { periodSeconds: 1, timeoutSeconds: 15, failureThreshold: 60 }),
    readinessProbe: probe(IS_READY, { periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 2 }),
    livenessProbe: probe(IS_ALIVE, { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}
