import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ChartFolder, helmFound, type RenderedObject } from './chart-fixture.js';

const EVERYTHING =
  'backup.enabled=true,metrics.enabled=true,metrics.existingSecret=theirs,metrics.serviceMonitor.enabled=true,' +
  'metrics.prometheusRule.enabled=true,primary.initdb.scripts.a\\.sql=select 1';
/** Two that differ at their end alone, where names are cut, and three whose names begin alike. */
const LONG = 'x'.repeat(30);
const RELEASES: readonly (readonly [release: string, namespace: string])[] = [
  ['shop', 'blue'],
  ['shop', 'green'],
  ['shop2', 'blue'],
  ['shop-postgresql-2', 'blue'],
  [`${LONG}-postgresql-eu-one`, 'blue'],
  [`${LONG}-postgresql-eu-two`, 'blue'],
];

const DNS_PODS = JSON.stringify({ matchLabels: { 'k8s-app': 'kube-dns' } });
const labelsOf = z.record(z.string(), z.string());
type Labels = z.output<typeof labelsOf>;
const selectorOf = z.object({
  matchLabels: labelsOf.default({}),
  matchExpressions: z.array(z.object({ key: z.string(), values: z.array(z.string()) })).default([]),
});
const podOf = z.looseObject({ metadata: z.looseObject({ labels: labelsOf }), spec: z.looseObject({}) });

/** Every object of this name below a value, such as each `podSelector`. */
function below(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown) => below(each, name));
  const fields = z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
  return Object.entries(fields).flatMap(([key, inner]) => [
    ...(key === name ? [inner] : []),
    ...below(inner, name),
  ]);
}

(helmFound ? describe : describe.skip)('several releases, with the real Helm,', () => {
  let chart: ChartFolder;
  let made: readonly {
    readonly release: string;
    readonly namespace: string;
    readonly object: RenderedObject;
  }[];
  let pods: readonly (z.output<typeof podOf> & { readonly release: string; readonly namespace: string })[];
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' } });
    made = RELEASES.flatMap(([release, namespace]) =>
      // The last --namespace counts.
      chart
        .objects(release, '--set', EVERYTHING, '--namespace', namespace)
        .map((object) => ({ release, namespace, object })),
    );
    pods = made.flatMap(({ release, namespace, object }) => {
      const templates = object.kind === 'Pod' ? [object] : below(object.spec, 'template');
      return templates.map((template) => ({ release, namespace, ...podOf.parse(template) }));
    });
  });
  afterAll(() => {
    chart.remove();
  });

  test('make no object twice, and each in its own namespace', () => {
    const ids = made.map(
      ({ object: { kind, metadata } }) => `${kind} ${metadata.namespace}/${metadata.name}`,
    );
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    for (const { namespace, object } of made) expect(object.metadata.namespace).toBe(namespace);
    expect(new Set(made.map(({ object }) => object.kind)).size).toBe(14);
  });

  test('select their own pods alone: Services, sets, budgets, monitors and policies', () => {
    const matches = (selector: unknown, labels: Labels): boolean => {
      const { matchLabels, matchExpressions } = selectorOf.parse(selector);
      return (
        Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
        matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
      );
    };
    let selections = 0;
    for (const { release, namespace, object } of made) {
      const spec = z.looseObject({}).catch({}).parse(object.spec);
      const selectors =
        object.kind === 'Service'
          ? [{ matchLabels: spec['selector'] }]
          : [spec['selector'], ...below(spec, 'podSelector')].filter(
              // Without clients in the values every pod of the namespace is one; and names are asked of another namespace.
              (selector) => selector !== undefined && !['{}', DNS_PODS].includes(JSON.stringify(selector)),
            );
      for (const selector of selectors) {
        const found = pods.filter(
          (pod) => pod.namespace === namespace && matches(selector, pod.metadata.labels),
        );
        expect([...new Set(found.map((pod) => pod.release))]).toEqual([release]);
        selections += found.length;
      }
    }
    expect(selections).toBeGreaterThan(RELEASES.length * 8);
  });

  test('use nothing of each other: claims, Secrets, ConfigMaps, accounts and hosts', () => {
    const own = (release: string, namespace: string) =>
      made
        .filter((each) => each.release === release && each.namespace === namespace)
        .map(({ object }) => object.metadata.name);
    for (const { release, namespace, spec } of pods) {
      const used = [
        ...below(spec, 'claimName'),
        ...below(spec, 'secretName'),
        ...below(spec, 'serviceAccountName'),
        ...below(spec, 'configMap').flatMap((volume) => below(volume, 'name')),
        ...below(spec, 'secretKeyRef').flatMap((reference) => below(reference, 'name')),
        ...below(spec, 'env')
          .flatMap((env) => z.array(z.looseObject({ name: z.string() })).parse(env))
          .filter(({ name }) => name === 'PGHOST')
          .map(({ value }) => value),
      ];
      const strangers = used.filter(
        (name) => name !== 'theirs' && !own(release, namespace).includes(String(name)),
      );
      expect(strangers).toEqual([]);
    }
  });
});
