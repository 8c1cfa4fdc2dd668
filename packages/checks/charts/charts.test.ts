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
  severity?: Finding['severity'],
];

const TILL = 'templates/till.yaml';
const RECIPES = 'templates/recipes.yaml';
const NAMES = 'templates/_names.tpl';
const HASH = /\{\{- if le \(len \$whole\) 45 \}\}.*/;
const PASSWORD = '{{ .Values.recipes.password | quote }}';
const ANY_NAME: ChartEdit = [NAMES, /\{\{- if not \(regexMatch.*/, ''];
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

// prettier-ignore
/** What the proofs of every manifest find of a chart. */
const OF_MANIFESTS: Readonly<Record<string, readonly ChartCase[]>> = {
  CAFE001: [
    ['a host that is right for one name only', [[TILL, '{{ include "bakery.fullname" . }}-db }', 'r1-bakery-db }']], "contains the chart's"],
  ],
  CAFE002: [
    ['a port that is written twice', [[TILL, '{{ .Values.recipes.port | quote }}', '"5432"']], 'recipes.port: 5433'],
  ],
  CAFE100: [
    ['a release that is a number', [[NAMES, '.Release.Name | quote', '.Release.Name'], ANY_NAME], 'the release name 2030 (a number)'],
    ['a text without quotes', [[TILL, '{{ .Values.till.greeting | quote }}', '{{ .Values.till.greeting }}']], 'till.greeting: "20300101"'],
  ],
  CAFE102: [
    ['a name that ends in a dash where it is cut', [[NAMES, HASH, '{{ trunc 44 $whole }}'], [TILL, 'kind: Service\n', 'kind: Service # cut\n']], 'x-x-'],
    ['a Service that begins with a digit', [ANY_NAME], '7th-bakery'],
  ],
  CAFE105: [
    ['a selector that an upgrade changes', [[RECIPES, 'component: recipes', 'component: database']], 'as in bakery 1.0.0: the field is immutable'],
    ['a claim that an upgrade changes', [['values.yaml', 'storage: 1Gi', 'storage: 2Gi']], 'spec.volumeClaimTemplates'],
  ],
  CAFE107: [
    ['a name that is too long for its pods', [[NAMES, HASH, '{{ trunc 60 $whole | trimSuffix "-" }}']], '(53 characters)'],
  ],
};

// prettier-ignore
/** Mistakes that have nothing to do with each other lie in one chart: Helm renders each chart two dozen times. */
const TOGETHER: readonly (readonly string[])[] = [
  ['a switch whose values are not there', 'a name that is the same in every release', 'a selector without the release', 'a large number', 'a text without quotes', 'a port that is written twice'],
  ['a switch that makes no YAML', 'a password that nobody keeps', 'a name that ends in a dash where it is cut'],
  ['a password that only a cluster keeps', 'pods that each upgrade restarts', 'labels that are put in at the wrong place', 'a host that is right for one name only', 'a name that is too long for its pods', 'a Service that begins with a digit'],
  ['a key that is gone', 'a name that is only cut', 'a StatefulSet with another name'],
  ['another default password', 'a claim that an upgrade changes', 'a certificate that a switch makes', 'a release that is a number', 'a selector that an upgrade changes', 'a Service with another name'],
];

/** What an upgrade changes; the others need no older chart beside the broken one, which is a fifth of what is rendered. */
const OF_AN_UPGRADE = new Set(['CAFE105', 'CAFE115', 'CAFE116']);

const ROWS = [CASES, OF_MANIFESTS].flatMap((table) =>
  Object.entries(table).flatMap(([id, cases]) =>
    cases.map(([name, edits, words, severity]) => [id, name, edits, words, severity] as const),
  ),
);

(helmFound ? describe : describe.skip)('with the real Helm', () => {
  const reports = new Map<readonly string[], Promise<Report>>();
  /** The findings of this id in the chart that has this mistake. */
  async function findingsOf(id: string, name: string): Promise<readonly Finding[]> {
    const names = TOGETHER.find((each) => each.includes(name));
    if (names === undefined) throw new Error(`no chart has the mistake "${name}"`);
    const mistakes = ROWS.filter(([, each]) => names.includes(each));
    const edits = new Set(mistakes.flatMap(([, , each]) => each));
    const reportAfter = mistakes.some(([each]) => OF_AN_UPGRADE.has(each)) ? bakeryUpgradedBy : bakeryAfter;
    const report = reports.get(names) ?? reportAfter(...edits);
    reports.set(names, report);
    return (await report).findings.filter((finding) => finding.id === id);
  }

  test.each(ROWS)('%s %s', async (id, name, _edits, words, severity) => {
    const found = await findingsOf(id, name);
    const texts = found.map(findingText);
    expect(texts.join('\n')).toContain(words);
    const worst = found.find((finding) => findingText(finding).includes(words))?.severity;
    expect(worst).toBe(severity ?? worst);
  });

  test.each(CHART_PROOFS.map((proof) => [proof.id, proof] as const))(
    'docs/checks/%s.md is what its proof and its first case make',
    async (id, proof) => {
      const { severity = 'broken', ...rest }: ChartProof = proof;
      const [name, edits, words] = CASES[id][0];
      // A chart that is checked lies in a folder of its own each time.
      const texts = (await findingsOf(id, name)).map((finding) =>
        findingText(finding).replaceAll(/\/\S*\/(?=bakery\b)/g, ''),
      );
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
