import { expect, test } from '@jest/globals';
import { clusterOf } from '../check.js';
import { manifestsIn } from '../testing/mutation.js';
import { reachChanges } from './reach-changes.js';
import { type ReachLine, reachLines } from './reach-lines.js';

const linesOf = (yaml: string): readonly ReachLine[] => reachLines(clusterOf(manifestsIn(yaml)).cluster);
const shortly = (lines: readonly ReachLine[]): string[] =>
  lines.map(({ kind, from, to, port, by, policy }) =>
    [
      kind,
      from,
      '->',
      to,
      port ?? '-',
      by.map((each) => each.replace(/ \(.*/, '')).join('+'),
      policy.verdict,
    ].join(' '),
  );

const pods = (
  name: string,
  env: Readonly<Record<string, string>>,
  kind = 'Deployment',
  spec = '',
): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name}, namespace: pets }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      ${spec}
      containers:
        - name: ${name}
          image: example.org/${name}:1
          ports: [{ name: main, containerPort: 9000 }]
          env: [${Object.entries(env)
            .map(([variable, value]) => `{ name: ${variable}, value: "${value}" }`)
            .join(', ')}]
---`;
const service = (name: string, rest = ''): string =>
  `\n{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: pets }, spec: { selector: { app: ${name} }, ports: [{ name: web, port: 80, targetPort: main }] ${rest} } }\n---`;

test('who connects to whom, by what', () => {
  const lines = linesOf(
    pods('adoption', {
      DOGS_URL: 'http://dogs',
      DOGS_STATUS_URL: 'http://dogs:80/status',
      MAIL_HOST: 'mail.example.org',
      MAIL_PORT: '587',
      CATS_URL: 'http://cats',
      AUDIT_URL: 'http://audit.compliance.svc:8443',
      LISTEN_HOST: '0.0.0.0',
      SELF_URL: 'http://localhost:9000',
    }) +
      pods('dogs', { PEERS_URL: 'http://dogs' }, 'StatefulSet') +
      service('adoption', ', type: NodePort') +
      service('dogs') +
      service('orphan'),
  );
  expect(shortly(lines)).toEqual(
    [
      'leaves Deployment pets/adoption -> audit.compliance.svc 8443 AUDIT_URL open',
      'leaves Deployment pets/adoption -> mail.example.org 587 MAIL_HOST open',
      'nowhere Deployment pets/adoption -> cats 80 CATS_URL unknown',
      'inside Deployment pets/adoption -> StatefulSet pets/dogs 9000 DOGS_URL+DOGS_STATUS_URL open',
      'inside StatefulSet pets/dogs -> StatefulSet pets/dogs 9000 PEERS_URL open',
      'enters outside -> Deployment pets/adoption 9000  open',
    ].sort((left, right) => (left.replace(/^\w+ /, '') < right.replace(/^\w+ /, '') ? -1 : 1)),
  );
  expect(lines.find(({ to }) => to.endsWith('dogs'))).toMatchObject({
    through: ['Service dogs:80'],
    by: ['DOGS_URL (Deployment pets/adoption, containers[adoption].env[DOGS_URL])', expect.any(String)],
    policy: { egress: 'no policy: open', ingress: 'no policy: open' },
  });
});

test.each([
  [
    'an ingress',
    '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: dogs, namespace: pets }, spec: { rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: dogs, port: { name: web } } } }] } }] } }',
    'Ingress pets/dogs',
  ],
  [
    'a default backend',
    '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: dogs, namespace: pets }, spec: { defaultBackend: { service: { name: dogs, port: { number: 80 } } } } }',
    'Ingress pets/dogs',
  ],
  [
    'a route of another namespace',
    '{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: dogs, namespace: edge }, spec: { rules: [{ backendRefs: [{ name: dogs, namespace: pets, port: 80 }] }] } }',
    'HTTPRoute edge/dogs',
  ],
  [
    'a webhook',
    '{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: { name: dogs }, webhooks: [{ name: d.example.org, clientConfig: { service: { name: dogs, namespace: pets } } }] }',
    'ValidatingWebhookConfiguration dogs',
  ],
])('%s lets people in', (_what, yaml, through) => {
  expect(linesOf(`${pods('dogs', {})}${service('dogs')}\n${yaml}`)).toMatchObject([
    { kind: 'enters', from: 'outside', to: 'Deployment pets/dogs', port: 9000, through: [through] },
  ]);
});

test('the rule that lets a connection through is named, and a side without one', () => {
  const both = pods('adoption', { DOGS_URL: 'http://dogs' }) + pods('dogs', {}) + service('dogs');
  const policy = (port: number): string =>
    `\n{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: dogs, namespace: pets }, spec: { podSelector: { matchLabels: { app: dogs } }, ingress: [{ ports: [{ port: 1 }] }, { ports: [{ port: ${port} }] }] } }`;
  expect(linesOf(both + policy(9000))[0]?.policy).toEqual({
    verdict: 'allowed',
    egress: 'no policy: open',
    ingress: 'NetworkPolicy pets/dogs, ingress[1]',
  });
  expect(linesOf(both + policy(80))[0]?.policy).toEqual({
    verdict: 'denied',
    egress: 'no policy: open',
    ingress: 'no rule: denied',
  });
});

test('what a change adds, takes away and does otherwise', () => {
  const rest = pods('dogs', {}) + pods('cats', {}) + service('dogs') + service('cats');
  const before = linesOf(pods('adoption', { DOGS_URL: 'http://dogs' }) + rest);
  const after = linesOf(pods('adoption', { CATS_URL: 'http://cats' }) + rest);
  const renamed = linesOf(pods('adoption', { HOUNDS_URL: 'http://dogs' }) + rest);
  const { added, removed, changed } = reachChanges(before, after);
  expect([shortly(added), shortly(removed), changed]).toEqual([
    ['inside Deployment pets/adoption -> Deployment pets/cats 9000 CATS_URL open'],
    ['inside Deployment pets/adoption -> Deployment pets/dogs 9000 DOGS_URL open'],
    [],
  ]);
  expect(reachChanges(before, renamed)).toMatchObject({
    added: [],
    removed: [],
    changed: [
      {
        was: { by: [expect.stringContaining('DOGS_URL')] },
        is: { by: [expect.stringContaining('HOUNDS_URL')] },
      },
    ],
  });
  expect(reachChanges(before, before)).toEqual({ added: [], removed: [], changed: [] });
});
