import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { check } from './check.js';
import { readFiles } from './command/directory.js';
import { type Finding, findingText } from './model/finding.js';

// Manifests as strangers write them: what is right gets no finding above advice, and what is wrong gets the right one.

const findingsIn = (name: string): readonly Finding[] => {
  const path = fileURLToPath(new URL(`fixtures/foreign/${name}.yaml`, import.meta.url));
  return check(readFiles([path]).manifests).findings;
};
const proven = (name: string): readonly Finding[] =>
  findingsIn(name).filter(({ severity }) => severity !== 'advice');

test.each([
  'boolean-hostname',
  'as-others-write-it',
  'bucket-url',
  'custom-workload',
  'generated-secret',
  'guessed-pool-size',
  'helm-mixed-namespace',
  'helm-test-pod',
  'hpa-no-namespace',
  'listen-wildcard',
  'page-timeout-of-the-cafe',
  'policy-of-parts',
  'port-zero',
  'probe-undeclared-number',
  'service-alone',
  'service-link-not-read',
  'what-is-no-address',
])('%s is right', (name) => {
  expect(proven(name)).toEqual([]);
});

test('of two objects of one name nothing else follows', () => {
  expect(proven('cascade-of-duplicate').map(({ id }) => id)).toEqual(['CAFE103']);
});

test('a change of a JDBC URL changes its host, and not its scheme', () => {
  expect(proven('jdbc-change').map(({ id, change }) => `${id} ${change}`)).toEqual([
    expect.stringContaining(
      'CAFE001 set Pod till, containers[till].env[SPRING_DATASOURCE_URL] to jdbc:postgresql://postgres:5432/till,',
    ),
  ]);
});

test('without any probe there is one finding, and no word of a start', () => {
  const found = findingsIn('startup-without-liveness').filter(({ id }) => id === 'CAFE031');
  expect(found.map(({ field }) => field)).toEqual(['spec.containers[jug].readinessProbe']);
  expect(
    found
      .map(findingText)
      .join('\n')
      .replaceAll(/^ {2}at .*$/gm, ''),
  ).not.toMatch(/start/i);
});

test.each([
  [
    'config-file',
    [
      'CAFE001 default.conf: server { location / { proxy_pass http://buss:9092; } }',
      "CAFE001 prometheus.yml: scrape_configs: [{ job_name: a, static_configs: [{ targets: ['buss:9092'] }] }]",
      "CAFE001 application.yaml: spring: { datasource: { url: 'jdbc:postgresql://buss:9092/x' } }",
    ],
  ],
  [
    'host-port-without-scheme',
    [
      'CAFE001 SPRING_KAFKA_BOOTSTRAP_SERVERS=buss:9092',
      'CAFE001 KAFKA_BROKERS=bus:9092,buss:9092',
      'CAFE001 KAFKA_ZOOKEEPER_CONNECT=buss:9092',
      'CAFE001 BROKER_URL=buss:9092',
      'CAFE001 brokers=--brokers=buss:9092',
    ],
  ],
  [
    'database-and-user',
    ['CAFE094 the database shopp', 'CAFE094 the role clerkk', 'CAFE094 the database shopp'],
  ],
  [
    'httproute',
    [
      'CAFE028 Gateway edgee, which is not among the manifests',
      'CAFE028 buss',
      'CAFE028 port 9093 of Service bus',
    ],
  ],
  [
    'ingress-port',
    [
      'CAFE027 buss',
      'CAFE027 port 9093 of Service bus',
      'CAFE027 port web of Service bus',
      'CAFE027 Secret no-such-tls, which is not among the manifests',
    ],
  ],
  ['policy-picks-nothing', ['CAFE064 app=buss']],
  [
    'role-binding',
    [
      'CAFE029 Role readr, which is not among the manifests',
      'CAFE029 ServiceAccount desk/robott, which is not among the manifests',
    ],
  ],
  [
    'wait-script',
    [
      'CAFE001 command=sh -c until nc -z buss 9092; do sleep 2; done',
      'CAFE001 command=sh -c until wget -q --spider http://buss:9092/ok; do sleep 2; done',
      'CAFE001 command=pg_isready -h buss -p 5432',
      'CAFE002 port 9093 of Service bus (command=sh -c until nc -z bus 9093; do sleep 2; done)',
    ],
  ],
  [
    'namespace-typo',
    [
      'CAFE001 A_URL=http://bus.yrad.svc.cluster.local:9092',
      'CAFE001 B_URL=http://bus.yard.svc.cluster.locl:9092',
      'CAFE001 C_URL=http://buss.yard.svc.cluster.local:9092',
    ],
  ],
])('%s is found', (name, lines) => {
  expect(proven(name).map(({ id, found }) => `${id} ${found}`)).toEqual(lines);
});

test('a misspelled host is found wherever people write addresses, and the right one is said', () => {
  const text = readFileSync(new URL('fixtures/foreign/misspelled-everywhere.yaml', import.meta.url), 'utf8');
  const right = ['ledger-db', 'cache', 'queue'];
  const misspelled = new Set(
    [...text.matchAll(/\b(?:ledge?r-?d\w+|cac?h\w+|cahc?e\w*|quee|quue|queu\w*)\b/g)].flatMap(([word]) =>
      right.includes(word) ? [] : [word],
    ),
  );
  const found = proven('misspelled-everywhere').filter(({ id }) => id === 'CAFE001');
  expect(misspelled.size).toBeGreaterThan(40);
  expect(
    [...misspelled].filter(
      (word) => !found.some(({ found: said }) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(said)),
    ),
  ).toEqual([]);
  expect(found.filter(({ likely = '' }) => !right.some((name) => likely.startsWith(`${name},`)))).toEqual([]);
});
