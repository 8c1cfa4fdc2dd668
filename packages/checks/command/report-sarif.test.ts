import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { Ajv, type AnySchemaObject } from 'ajv';
import formats from 'ajv-formats';
import { check } from '../check.js';
import { diagnose } from '../doctor/diagnosis.js';
import { readBundle } from '../doctor/reading/bundle.js';
import { doctorSarif } from '../doctor/report-sarif.js';
import { documentsOf } from '../model/manifest.js';
import { reportGithub } from './report-github.js';
import { reportSarif } from './report-sarif.js';

/** The schema of the standard, as Microsoft packs it for tests. */
const SCHEMA = createRequire(import.meta.url).resolve(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
);
// It is of draft 4, of which it uses nothing that later drafts understand otherwise.
const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as AnySchemaObject;
for (const key of ['$schema', 'id']) Reflect.deleteProperty(schema, key);
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
formats.default(ajv);
const validate = ajv.compile(schema);

const WEB = `apiVersion: v1
kind: Service
metadata: { name: web, annotations: { cafe-check/waive.CAFE104: none here has one } }
spec: { selector: { app: wbe }, ports: [{ port: 80 }] }
---
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { strategy: { type: Recreate }, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } } } }
---
not: an object
`;

function reportOn(source: string) {
  const documents = documentsOf(WEB, source);
  const manifests = documents.flatMap((document) => ('manifest' in document ? [document.manifest] : []));
  const unreadable = documents.flatMap((document) => ('unreadable' in document ? [document.unreadable] : []));
  return check(manifests, { unreadable });
}

test.each([
  'k8s/web app.yaml',
  'the standard input',
  'helm template charts/web (web/templates/web.yaml)',
  '/srv/web.yaml',
])('a report on %s is SARIF 2.1.0 by its own schema', (source) => {
  expect(validate(reportSarif(reportOn(source)))).toBe(true);
  expect(validate.errors).toBeNull();
});

test('the schema refuses what is none', () => {
  expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
});

test.each([
  ['k8s/web app.yaml', 'k8s/web%20app.yaml'],
  [`${process.cwd()}/k8s/web.yaml`, relative(process.cwd(), 'k8s/web.yaml')],
  ['the standard input', 'stdin'],
  ['/srv/web.yaml', pathToFileURL('/srv/web.yaml').href],
])('a finding of %s is at %s, in its line, with the page of its rule', (source, uri) => {
  const report = reportSarif(reportOn(source));
  const rule = expect.objectContaining({
    id: 'CAFE004',
    shortDescription: { text: 'The Service selects no pod' },
    defaultConfiguration: { level: 'error' },
    help: expect.objectContaining({ markdown: expect.stringContaining('# CAFE004: ') }),
  });
  const result = expect.objectContaining({
    ruleId: 'CAFE004',
    locations: [
      expect.objectContaining({
        physicalLocation: { artifactLocation: { uri }, region: { startLine: 4, startColumn: 21 } },
      }),
    ],
  });
  expect(report).toMatchObject({
    runs: [
      {
        tool: { driver: { rules: expect.arrayContaining([rule]) } },
        results: expect.arrayContaining([result]),
      },
    ],
  });
});

test('what the same cause hurts is named', () => {
  const manifests = documentsOf(WEB, 'web.yaml').flatMap((each) =>
    'manifest' in each ? [each.manifest] : [],
  );
  const { findings, ...rest } = check(manifests);
  const also = ['Deployment cook', 'Deployment till'];
  const report = { ...rest, findings: findings.slice(0, 1).map((finding) => ({ ...finding, also })) };
  const sarif = reportSarif(report);
  expect(validate(sarif)).toBe(true);
  const text = 'It mends Deployment cook, Deployment till, too.';
  expect(sarif).toMatchObject({
    runs: [
      {
        results: expect.arrayContaining([
          expect.objectContaining({
            message: { text: expect.stringContaining(text) },
            relatedLocations: also.map((name) =>
              expect.objectContaining({ logicalLocations: [{ fullyQualifiedName: name }] }),
            ),
          }),
        ]),
      },
    ],
  });
  expect(reportGithub(report)).toContain(text);
});

test("the doctor's answer is SARIF by the same schema, the surest cause an error", () => {
  const file = fileURLToPath(new URL('../doctor/fixtures/two-at-once.json.gz', import.meta.url));
  const log = doctorSarif(diagnose(readBundle(file)));
  expect([validate(log), validate.errors]).toEqual([true, null]);
  expect(log).toMatchObject({
    runs: [{ results: [{ ruleId: 'CAFE251', level: 'error' }, { ruleId: 'CAFE221' }] }],
  });
});
