import { describe, expect, test } from '@jest/globals';
import { committedPage, pageOf } from '../documentation/page.js';
import type { Report } from '../check.js';
import { type Finding, findingText } from '../model/finding.js';
import {
  bakeryAfter,
  bakeryUpgradedBy,
  chartChanges,
  type ChartEdit,
  helmFound,
} from '../testing/broken-chart.js';
import type { ChartProof } from './chart-proof.js';
import { CHART_PROOFS } from './index.js';

type ChartCase = readonly [
  name: string,
  edits: readonly ChartEdit[],
  words: string,
  severity: Finding['severity'],
];

const TILL = 'templates/till.yaml';
const RECIPES = 'templates/recipes.yaml';
const NAMES = 'templates/_names.tpl';
const HASH = /\{\{- if le \(len \$whole\) 45 \}\}.*/;
const PASSWORD = '{{ .Values.recipes.password | quote }}';
const PODS = 'labels: {{- include "bakery.labels" . | nindent 8 }}';

// prettier-ignore
const CASES: Readonly<Record<(typeof CHART_PROOFS)[number]['id'], readonly [ChartCase, ...ChartCase[]]>> = {
  CAFE111: [
    ['a switch whose values are not there', [['values.yaml', /\n {2}hosts:[\s\S]*/, '\n'], [TILL, '.Values.ingress.hosts', '.Values.ingress.rules.hosts']], 'nil pointer', 'broken'],
    ['a switch that makes no YAML', [[TILL, '  rules:\n', '  rules: none\n']], 'ingress.enabled: true', 'broken'],
    ['labels that are put in at the wrong place', [[TILL, '{{- toYaml . | nindent 8 }}', '{{- toYaml . }}']], 'podLabels', 'risk'],
  ],
  CAFE112: [
    ['a name that is the same in every release', [[RECIPES, 'name: {{ include "bakery.secret" . }}\n', 'name: recipes\n']], 'recipes, in both', 'risk'],
    ['a name that is only cut', [[NAMES, HASH, '{{ trunc 45 $whole | trimSuffix "-" }}']], 'end it with a part of its hash', 'advice'],
  ],
  CAFE113: [
    ['a selector without the release', [[NAMES, 'app.kubernetes.io/instance: {{ .Release.Name | quote }}', '']], 'which also picks the pods of Deployment somewhere/r2-bakery', 'risk'],
  ],
  CAFE114: [
    ['a password that nobody keeps', [[RECIPES, PASSWORD, '{{ randAlphaNum 24 | quote }}']], 'the data of StatefulSet somewhere/r1-bakery-db keep it', 'broken'],
    ['a password that only a cluster keeps', [[RECIPES, PASSWORD, '{{ dig "data" "password" (randAlphaNum 24) (lookup "v1" "Secret" .Release.Namespace "kept") | quote }}']], 'in Argo CD', 'advice'],
    ['pods that each upgrade restarts', [[TILL, PODS, 'annotations: { turn: {{ randAlphaNum 5 | quote }} }\n      ' + PODS]], 'spec.template.metadata.annotations.turn', 'advice'],
    ['a certificate that a switch makes', [[RECIPES, `  password: ${PASSWORD}`, `  password: ${PASSWORD}\n  {{- if .Values.ingress.enabled }}\n  ca: {{ (genCA "bakery" 365).Cert | quote }}\n  {{- end }}`]], 'ingress.enabled: true', 'broken'],
  ],
  CAFE115: [
    ['a Service with another name', [[TILL, 'kind: Service\nmetadata:\n  name: {{ include "bakery.fullname" . }}', 'kind: Service\nmetadata:\n  name: {{ include "bakery.fullname" . }}-till']], 'Service r1-bakery, as in bakery 1.0.0', 'risk'],
    ['a StatefulSet with another name', [[RECIPES, 'kind: StatefulSet\nmetadata:\n  name: {{ include "bakery.fullname" . }}-db', 'kind: StatefulSet\nmetadata:\n  name: {{ include "bakery.fullname" . }}-recipes']], 'the new pods begin without data', 'broken'],
    ['a key that is gone', [[RECIPES, /password: \{\{/, 'secret: {{']], 'password as well', 'risk'],
  ],
  CAFE116: [
    ['another default password', [['values.yaml', 'password: flour', 'password: rye']], 'keep the old one', 'broken'],
  ],
  CAFE117: [
    ['a large number', [[TILL, 'int64 .Values.till.maxUploadBytes', '.Values.till.maxUploadBytes']], '5.24288e+06', 'risk'],
  ],
};

/** What an upgrade changes; the others need no older chart beside the broken one, which is a fifth of what is rendered. */
const OF_AN_UPGRADE = new Set(['CAFE105', 'CAFE115', 'CAFE116']);
const reportFor = (id: string) => (OF_AN_UPGRADE.has(id) ? bakeryUpgradedBy : bakeryAfter);

(helmFound ? describe : describe.skip)('with the real Helm', () => {
  const rows = Object.entries(CASES).flatMap(([id, cases]) =>
    cases.map(([name, edits, words, severity]) => [id, name, edits, words, severity] as const),
  );
  /** A report takes dozens of renderings, and two tests look at some of them. */
  const reports = new Map<string, Promise<Report>>();
  const reportOf = (id: string, name: string, edits: readonly ChartEdit[]): Promise<Report> => {
    const report = reports.get(name) ?? reportFor(id)(...edits);
    reports.set(name, report);
    return report;
  };

  test.each(rows)('%s %s', async (id, name, edits, words, severity) => {
    const found = (await reportOf(id, name, edits)).findings.filter((finding) => finding.id === id);
    const texts = found.map(findingText);
    expect(texts.join('\n')).toContain(words);
    expect(found.find((finding) => findingText(finding).includes(words))?.severity).toBe(severity);
  });

  test.each(CHART_PROOFS.map((proof) => [proof.id, proof] as const))(
    'docs/checks/%s.md is what its proof and its first case make',
    async (id, proof) => {
      const { severity = 'broken', ...rest }: ChartProof = proof;
      const [name, edits, words] = CASES[id][0];
      // A chart that is checked lies in a folder of its own each time.
      const texts = (await reportOf(id, name, edits)).findings
        .filter((finding) => finding.id === id)
        .map((finding) => findingText(finding).replaceAll(/\/\S*\/(?=bakery\b)/g, ''));
      const finding = texts.find((text) => text.includes(words)) ?? '';
      const page = pageOf({ severity, ...rest }, { name, changes: chartChanges(edits), finding });
      expect(committedPage(id, page)).toBe(page);
    },
  );

  test('the bakery’s chart has no finding', async () => {
    const { findings, proven } = await bakeryUpgradedBy();
    expect(findings.map(findingText)).toEqual([]);
    expect(proven.at(-1)).toContain('the chart itself refuses, such as the release name 7th');
  });

  test.each<readonly [name: string, edits: readonly ChartEdit[], id: string, words: string]>([
    [
      'a name that ends in a dash where it is cut',
      [
        [NAMES, HASH, '{{ trunc 44 $whole }}'],
        [TILL, 'kind: Service\n', 'kind: Service # cut\n'],
      ],
      'CAFE102',
      'x-x-',
    ],
    [
      'a release that is a number',
      [
        [NAMES, '.Release.Name | quote', '.Release.Name'],
        [NAMES, /\{\{- if not \(regexMatch.*/, ''],
      ],
      'CAFE100',
      'the release name 2030 (a number)',
    ],
    [
      'a Service that begins with a digit',
      [[NAMES, /\{\{- if not \(regexMatch.*/, '']],
      'CAFE102',
      '7th-bakery',
    ],
    [
      'a name that is too long for its pods',
      [[NAMES, HASH, '{{ trunc 60 $whole | trimSuffix "-" }}']],
      'CAFE107',
      '(53 characters)',
    ],
    [
      'a port that is written twice',
      [[TILL, '{{ .Values.recipes.port | quote }}', '"5432"']],
      'CAFE002',
      'recipes.port: 5433',
    ],
    [
      'a host that is right for one name only',
      [[TILL, '{{ include "bakery.fullname" . }}-db }', 'r1-bakery-db }']],
      'CAFE001',
      "contains the chart's",
    ],
    [
      'a text without quotes',
      [[TILL, '{{ .Values.till.greeting | quote }}', '{{ .Values.till.greeting }}']],
      'CAFE100',
      'till.greeting: "20300101"',
    ],
    [
      'a selector that an upgrade changes',
      [[RECIPES, 'component: recipes', 'component: database']],
      'CAFE105',
      'as in bakery 1.0.0: the field is immutable',
    ],
    [
      'a claim that an upgrade changes',
      [['values.yaml', 'storage: 1Gi', 'storage: 2Gi']],
      'CAFE105',
      'spec.volumeClaimTemplates',
    ],
  ])('%s is found', async (_name, edits, id, words) => {
    const { findings } = await reportFor(id)(...edits);
    expect(
      findings
        .filter((finding) => finding.id === id)
        .map(findingText)
        .join('\n'),
    ).toContain(words);
  });

  test('a waiver on the object is kept', async () => {
    const { findings, waived } = await bakeryAfter(
      [RECIPES, /stringData:\n.*/, 'type: Opaque\nstringData:\n  password: {{ randAlphaNum 24 | quote }}'],
      [
        RECIPES,
        'name: {{ include "bakery.secret" . }}\n  labels',
        'name: {{ include "bakery.secret" . }}\n  annotations: { cafe-check/waive.CAFE114: made anew on purpose }\n  labels',
      ],
    );
    expect(waived.map(({ finding, reason }) => `${finding.id}: ${reason}`)).toEqual([
      'CAFE114: made anew on purpose',
    ]);
    expect(findings.map(({ id }) => id)).not.toContain('CAFE114');
  });
});
