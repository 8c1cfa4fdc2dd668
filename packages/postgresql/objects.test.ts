import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ChartFolder, helmFound } from './chart-fixture.js';
import { type PostgresqlObject, postgresqlObjects } from './objects.js';
import type { PostgresqlValuesInput } from './values.js';

const record = z.record(z.string(), z.unknown());
const identified = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
});
const idOf = (object: unknown): string => {
  const { kind, metadata } = identified.parse(object);
  return `${kind} ${metadata.namespace}/${metadata.name}`;
};

/**
 * Where a part is not in the whole: a record's fields are there with what is in them, a list's entries by their names
 * or, without names, all of them in their order.
 */
function missing(part: unknown, whole: unknown, path: string): string[] {
  if (Array.isArray(part)) {
    const entries: readonly unknown[] = part;
    const found = z.array(z.unknown()).safeParse(whole).data ?? [];
    const nameOf = (entry: unknown): string | undefined =>
      z.looseObject({ name: z.string() }).safeParse(entry).data?.name;
    if (entries.some((entry) => nameOf(entry) === undefined) && entries.length !== found.length) {
      return [`${path}: ${JSON.stringify(found)}`];
    }
    return entries.flatMap((entry, index) => {
      const name = nameOf(entry);
      const other = name === undefined ? found[index] : found.find((each) => nameOf(each) === name);
      return missing(entry, other, `${path}[${name ?? index}]`);
    });
  }
  const fields = record.safeParse(part).data;
  if (fields === undefined) return part === whole ? [] : [`${path}: ${JSON.stringify(whole)}`];
  const found = record.safeParse(whole).data ?? {};
  return Object.entries(fields).flatMap(([name, value]) => missing(value, found[name], `${path}.${name}`));
}

const namesOf = (objects: readonly PostgresqlObject[], kind: PostgresqlObject['kind']): readonly string[] =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);

describe('the objects of a release, without Helm', () => {
  test('are called after the release, and are in its namespace', () => {
    const objects = postgresqlObjects({ release: 'db', namespace: 'shop' });
    expect(namesOf(objects, 'Service')).toEqual(['db-postgresql', 'db-postgresql-hl']);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['shop']));
  });

  test('hold no Secret whose password is generated in the cluster, or is in a Secret of the user’s', () => {
    const made = (values: PostgresqlValuesInput) =>
      namesOf(postgresqlObjects({ release: 'db', namespace: 'shop', values }), 'Secret');
    expect(made({})).toEqual([]);
    expect(made({ auth: { existingSecret: 'theirs' } })).toEqual([]);
    expect(made({ auth: { password: 'open' } })).toEqual(['db-postgresql-auth']);
  });

  test('are not made of values that the chart would refuse', () => {
    const values = { auth: { username: 'postgres' } };
    expect(() => postgresqlObjects({ release: 'db', namespace: 'shop', values })).toThrow(
      /^The values of the chart postgresql are wrong:\n.*is the superuser[^]*auth\.username/,
    );
  });
});

(helmFound ? describe : describe.skip)('the objects of a release, beside the real Helm’s,', () => {
  const CASES: readonly (readonly [string, PostgresqlValuesInput])[] = [
    ['a password', { auth: { password: 'open' } }],
    [
      'a Secret of the user’s',
      { auth: { existingSecret: 'theirs', secretKeys: { userPasswordKey: 'KEY' } } },
    ],
    [
      'names, labels, an image and parameters of their own',
      {
        auth: { password: 'open', username: 'shop' },
        nameOverride: 'db',
        commonLabels: { team: 'blue' },
        image: { registry: 'registry.example', digest: `sha256:${'0'.repeat(64)}` },
        postgresqlConfiguration: { max_connections: 50, jit: false, work_mem: '8MB', 'a.b': 1.5 },
      },
    ],
    [
      'clients',
      {
        auth: { password: 'open' },
        primary: { networkPolicy: { clients: [{ matchLabels: { app: 'shop' } }] } },
      },
    ],
    ['TLS', { auth: { password: 'open' }, tls: { enabled: true, existingSecret: 'certificate' } }],
    ['no policy', { auth: { password: 'open' }, primary: { networkPolicy: { enabled: false } } }],
  ];

  test.each(CASES)(
    'with %s: each field is one that Helm renders, and none of these objects is left out',
    (_, values) => {
      const chart = new ChartFolder(values);
      try {
        const rendered = chart.objects('db');
        const objects = postgresqlObjects({ release: 'db', namespace: 'test', values });
        expect(
          objects.flatMap((object) =>
            missing(
              object,
              rendered.find((other) => idOf(other) === idOf(object)),
              idOf(object),
            ),
          ),
        ).toEqual([]);
        // The policy of its own jobs is nobody else's business.
        const reliedOn = rendered
          .map(idOf)
          .filter((id) => /^(?:Service|StatefulSet|Secret|NetworkPolicy) (?!.*-jobs$)/.test(id));
        expect(objects.map(idOf).sort()).toEqual(reliedOn.sort());
      } finally {
        chart.remove();
      }
    },
  );
});
