import { CHART_NAME, defaultFullname } from './chart.js';
import { isRecord, type Manifest, toDocuments } from '@cafe-lumiere/checks';

/**
 * What a release of our PostgreSQL chart puts into the cluster, as far as others rely on it, without Helm: names by
 * the chart's own naming rule, labels, port, password and clients from its values. A test compares it with what Helm
 * renders.
 */
export function chartOutline(release: string, namespace: string, values: unknown): readonly Manifest[] {
  const text = (path: string): string => {
    const value = path.split('.').reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), values);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const chart = text('nameOverride') || CHART_NAME;
  const name =
    text('fullnameOverride') || (chart === CHART_NAME ? defaultFullname(release) : named(release, chart));
  const labels = {
    'app.kubernetes.io/name': chart,
    'app.kubernetes.io/instance': release,
    'app.kubernetes.io/component': 'primary',
  };
  const secret = text('auth.existingSecret') || `${name}-auth`;
  const password = text('auth.password');
  const ports = [{ name: 'postgresql', port: 5432, protocol: 'TCP', targetPort: 'postgresql' }];
  const metadata = (own: string): Record<string, unknown> => ({ name: own, namespace, labels });
  const objects: Record<string, unknown>[] = [
    { apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec: { selector: labels, ports } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(`${name}-hl`),
      spec: { clusterIP: 'None', selector: labels, ports },
    },
    ...(text('auth.existingSecret') === '' && password !== ''
      ? [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: metadata(secret),
            data: { password: Buffer.from(password).toString('base64') },
          },
        ]
      : []),
  ];
  const policy = clientsPolicy(values, metadata(name), labels);
  if (policy) objects.push(policy);
  return [...objects, statefulSet(metadata(name), name, labels, secret, text)].flatMap((object) =>
    toDocuments(object, `the release ${release} (by the chart's naming rule)`).flatMap((document) =>
      'manifest' in document ? [document.manifest] : [],
    ),
  );
}

/** Only what others rely on; how its pods are made is the chart's tests' business. */
function statefulSet(
  metadata: Record<string, unknown>,
  name: string,
  labels: Record<string, string>,
  secret: string,
  text: (path: string) => string,
): Record<string, unknown> {
  const key = text('auth.secretKeys.userPasswordKey') || 'password';
  const generated = text('auth.existingSecret') === '' && text('auth.password') === '';
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      replicas: 1,
      serviceName: `${name}-hl`,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          volumes: generated
            ? []
            : [{ name: 'auth', secret: { secretName: secret, items: [{ key, path: 'password' }] } }],
          containers: [
            {
              name: 'postgres',
              image: `${text('image.repository') || 'postgres'}:${text('image.tag') || '17'}`,
              args: ['-c', `max_connections=${text('postgresqlConfiguration.max_connections') || '100'}`],
              ports: [{ name: 'postgresql', containerPort: 5432, protocol: 'TCP' }],
              ...outlineProbes,
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  };
}

const probe = (question: string, failureThreshold: number): Record<string, unknown> => ({
  exec: { command: [question] },
  periodSeconds: 10,
  timeoutSeconds: 5,
  failureThreshold,
});

const outlineProbes = {
  startupProbe: probe('started', 30),
  readinessProbe: probe('accepting', 2),
  livenessProbe: probe('answering', 6),
};

function clientsPolicy(
  values: unknown,
  metadata: Record<string, unknown>,
  labels: Record<string, string>,
): Record<string, unknown> | undefined {
  const primary = isRecord(values) && isRecord(values['primary']) ? values['primary'] : {};
  const policy = isRecord(primary['networkPolicy']) ? primary['networkPolicy'] : {};
  if (policy['enabled'] === false) return undefined;
  const key = 'app.kubernetes.io/component';
  // The chart's own, of the same release.
  const release = Object.fromEntries(Object.entries(labels).filter(([name]) => name !== key));
  const jobs = {
    matchLabels: release,
    matchExpressions: [{ key, operator: 'In', values: ['test', 'backup', 'restore', 'metrics'] }],
  };
  const clients = Array.isArray(policy['clients']) ? policy['clients'].filter(isRecord) : [];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata,
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            ...(clients.length === 0 ? [{}] : clients).map((podSelector) => ({ podSelector })),
            { podSelector: jobs },
          ],
          ports: [{ protocol: 'TCP', port: 5432 }],
        },
      ],
    },
  };
}

const named = (release: string, chart: string): string =>
  (release.includes(chart) ? release : `${release}-${chart}`).slice(0, 50).replace(/^-+|-+$/g, '');
