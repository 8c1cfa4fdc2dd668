import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ChartFolder, helmFound } from './chart-fixture.js';
import {
  METRICS_PORT,
  type NamingValues,
  postgresqlPodLabels,
  postgresqlServiceName,
} from './release-names.js';

/** A release, its values, and the name, which the rule has made for every release since chart 1.0.0. */
const NAMES: readonly (readonly [string, NamingValues, string])[] = [
  ['shop', {}, 'shop-postgresql'],
  ['postgresql', {}, 'postgresql'],
  ['my-postgresql-2', {}, 'my-postgresql-2'],
  ['mypostgresqls', {}, 'mypostgresqls'],
  ['true', {}, 'true-postgresql'],
  ['a-very-long-release-name-of-forty-three-chars', {}, 'a-very-long-release-name-of-forty-three-chars-post'],
  ['x'.repeat(53), {}, 'x'.repeat(50)],
  // Cut between two of its dashes.
  [`${'postgresql'.padEnd(48, 'x')}---y`, {}, 'postgresql'.padEnd(48, 'x')],
  ['shop', { nameOverride: 'db' }, 'shop-db'],
  ['shop-db', { nameOverride: 'db' }, 'shop-db'],
  ['shop-postgresql', { nameOverride: 'db' }, 'shop-postgresql-db'],
  ['shop', { nameOverride: 'db', fullnameOverride: 'orders' }, 'orders'],
  ['2nd', { fullnameOverride: 'second' }, 'second'],
  ['1e3', { nameOverride: 'true', fullnameOverride: 'on' }, 'on'],
];
/** Releases that Helm allows, of which no Service can be made. */
const REFUSED: readonly string[] = ['2nd', '1234', '2nd-postgresql', 'my.shop', 'my.postgresql'];

const words = (values: NamingValues): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['--set-string', `${name}=${String(value)}`]);

describe('the name of a release’s Service', () => {
  test.each(NAMES)('of %s with %j', (release, values, name) => {
    expect(postgresqlServiceName(release, values)).toBe(name);
  });

  test.each(REFUSED)('of %s is refused: Kubernetes would not take it', (release) => {
    expect(() => postgresqlServiceName(release)).toThrow('begins with a letter. Choose another release name');
  });
});

(helmFound ? describe : describe.skip)('the names that the real Helm makes', () => {
  let chart: ChartFolder;
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' } });
  });
  afterAll(() => {
    chart.remove();
  });

  test.each(NAMES)(
    'of %s with %j are those of our own rule, and so are the pod’s labels',
    (release, values) => {
      const objects = chart.objects(release, ...words(values));
      const name = postgresqlServiceName(release, values);
      const called = (kind: string) =>
        objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
      expect(called('Service')).toEqual([name, `${name}-hl`]);
      expect(called('StatefulSet')).toEqual([name]);
      expect(called('Secret')).toEqual([`${name}-auth`]);
      const matchLabels = postgresqlPodLabels(release, values);
      expect(objects.find(({ kind }) => kind === 'StatefulSet')?.spec).toMatchObject({
        selector: { matchLabels },
        template: { metadata: { labels: matchLabels } },
      });
    },
  );

  test.each(REFUSED)('of %s are refused, with the same reason', (release) => {
    const { status, stderr } = chart.render(release);
    expect([status, stderr]).toEqual([1, expect.stringContaining('Choose another release name')]);
  });

  test('have the exporter’s Service at its port', () => {
    const objects = chart.objects('shop', '--set', 'metrics.enabled=true,metrics.existingSecret=theirs');
    const service = objects.find(
      ({ kind, metadata }) =>
        kind === 'Service' && metadata.name === `${postgresqlServiceName('shop')}-metrics`,
    );
    expect(service?.spec).toMatchObject({ ports: [{ port: METRICS_PORT }] });
  });
});
