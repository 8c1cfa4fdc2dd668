import { describe, expect, test } from '@jest/globals';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { z } from 'zod';
import { postgresqlChartFiles } from './chart.js';
import { helmFound, ChartFolder } from './chart-fixture.js';
import type { PostgresqlValuesInput } from './values.js';

const bom = z.object({ components: z.array(z.object({ purl: z.string(), name: z.string() })) });
const DIGEST = `sha256:${'0a'.repeat(32)}`;

const written = (values: PostgresqlValuesInput = {}): string =>
  postgresqlChartFiles(values).get('sbom.cdx.json') ?? '';
const purls = (values?: PostgresqlValuesInput): readonly string[] =>
  bom.parse(JSON.parse(written(values))).components.map(({ purl }) => purl);

test('the chart lists the images that it runs, as CycloneDX has it', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  await expect(validator.validate(written())).resolves.toBeNull();
  expect(purls()).toEqual([
    'pkg:docker/postgres@17-trixie',
    expect.stringMatching(/^pkg:docker\/prometheuscommunity\/postgres-exporter@v/),
  ]);
});

test('by their digests where they are pinned, and where they are pulled from', () => {
  expect(purls({ image: { digest: DIGEST, registry: 'registry.example:5000' } })).toContain(
    `pkg:docker/postgres@${DIGEST.replace(':', '%3A')}?repository_url=registry.example:5000`,
  );
});

(helmFound ? describe : describe.skip)('with the real Helm', () => {
  test('none that a release runs is missing there', () => {
    const chart = new ChartFolder({ auth: { password: 'open' } });
    const everything = ['--set', 'backup.enabled=true,metrics.enabled=true,metrics.existingSecret=theirs'];
    const { stdout } = chart.render('shop', ...everything);
    chart.remove();
    const run = [...stdout.matchAll(/image: (?:.*\/)?([^/:@\s]+):/g)].map(([, name]) => name);
    const listed = bom.parse(JSON.parse(written())).components.map(({ name }) => name.replace(/^.*\//, ''));
    expect([...new Set(run)].sort()).toEqual([...listed].sort());
  });
});
