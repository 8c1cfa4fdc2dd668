import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import type { Report } from '../check.js';
import { type Change, committedPage, pageOf } from '../documentation/page.js';
import { findingText } from '../model/finding.js';
import { isRecord, titleOf, toManifests } from '../model/manifest.js';
import type { Proof } from '../proofs/proof.js';
import { BOOKSHOP_SYSTEM, bookshopAfter } from './bookshop.js';
import { type Draft, draftAfter, type Mutation } from './mutation.js';

/** One way to break the bookshop: what is done, how, and words that the finding must say. */
export type BrokenCase = readonly [name: string, mutations: readonly Mutation[], words: string];

/** Cases for each proof of a family: one without any does not compile. The first is the example of the proof's page. */
export type BrokenCases<Proofs extends readonly Proof[]> = Readonly<
  Record<Proofs[number]['id'], readonly [BrokenCase, ...BrokenCase[]]>
>;

/** Tests that a family's proofs see each broken bookshop, keeps what they say of it, and that each has its page. */
export function testBroken<const Proofs extends readonly Proof[]>(
  proofs: Proofs,
  cases: BrokenCases<Proofs>,
): void {
  const rows = proofs.flatMap(({ id }: Proofs[number]) =>
    (cases[id as Proofs[number]['id']] as readonly BrokenCase[]).map(
      ([name, mutations, words]) => [id, name, mutations, words] as const,
    ),
  );
  test.each(rows)('%s %s', (id, _name, mutations, words) => {
    const text = findingIn(id, mutations, words);
    expect(text).toContain(words);
    expect(text).toMatchSnapshot();
  });
  const pages = proofs.map((proof) => [proof.id, proof, cases[proof.id as Proofs[number]['id']][0]] as const);
  test.each<readonly [string, Proof, BrokenCase]>(pages)(
    'docs/checks/%s.md is what its proof and its first case make',
    (id, { severity = 'broken', ...proof }, [name, mutations, words]) => {
      const draft = draftAfter(BOOKSHOP_SYSTEM, ...mutations);
      keepBroken(id, name, draft);
      const finding = findingIn(id, mutations, words);
      const example = { name, changes: changesIn(draft), besides: optionsText(draft), finding };
      const page = pageOf({ severity, ...proof }, example);
      expect(committedPage(id, page)).toBe(page);
    },
  );
}

/** For other tools to look at, where testing/compare.ts asks for it: what is broken as one file. */
function keepBroken(id: string, name: string, { objects, chart, release, namespace }: Draft): void {
  const folder = process.env['BROKEN_FOLDER'];
  if (folder === undefined) return;
  const made = BOOKSHOP_SYSTEM.render({ files: chart, release, namespace }).map(({ content }) => content);
  const text = [...objects, ...made].map((object) => stringify(object)).join('---\n');
  writeFileSync(join(folder, `${id}.yaml`), `# ${name}\n${text}`);
}

/** A proof's first case is looked at twice: as a case, and as the example of the proof's page. */
const reports = new Map<readonly Mutation[], Report>();

function findingIn(id: string, mutations: readonly Mutation[], words: string): string {
  const report = reports.get(mutations) ?? bookshopAfter(...mutations);
  reports.set(mutations, report);
  const texts = report.findings.filter((finding) => finding.id === id).map(findingText);
  return texts.find((each) => each.includes(words)) ?? texts.join('\n');
}

/** What a draft does otherwise than the whole bookshop: its objects, and the files of its chart. */
function changesIn(broken: Draft): Change[] {
  const whole = draftAfter(BOOKSHOP_SYSTEM);
  const previous = (broken.options.previous ?? []).map(({ content }) => content);
  return [
    ...changed(
      textsOf(broken.objects),
      new Map([...textsOf(whole.objects), ...onlyFieldsOf(previous, whole.objects)]),
    ),
    ...changed(broken.chart, whole.chart, 'helm/postgresql/'),
  ];
}

/** A committed version in a test holds only what was another one: the object with those fields. */
const onlyFieldsOf = (previous: readonly unknown[], objects: readonly unknown[]): Map<string, string> =>
  new Map(
    [...textsOf(previous).keys()].flatMap((title) => {
      const now = objects.find((object) => textsOf([object]).has(title));
      const was = previous.find((object) => textsOf([object]).has(title));
      return isRecord(now) && isRecord(was) ? [[title, stringify(overlaid(now, was))] as const] : [];
    }),
  );

function overlaid(below: unknown, above: unknown): unknown {
  if (!isRecord(below) || !isRecord(above)) return above;
  const merged = Object.entries(above).map(([key, value]) => [key, overlaid(below[key], value)] as const);
  return { ...below, ...Object.fromEntries(merged) };
}

/** Objects as YAML by their title; a second one of a title counts. */
function textsOf(objects: readonly unknown[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const manifest of toManifests(objects, '')) {
    const title = titleOf(manifest);
    texts.set(texts.has(title) ? `${title}, once more` : title, yamlOf(manifest.content));
  }
  return texts;
}

/** Most objects of a broken system are those of the whole one, and written once. */
function yamlOf(content: unknown): string {
  const key = JSON.stringify(content);
  const yaml = yamls.get(key) ?? stringify(content);
  yamls.set(key, yaml);
  return yaml;
}
const yamls = new Map<string, string>();

const changed = (
  broken: ReadonlyMap<string, string>,
  whole: ReadonlyMap<string, string>,
  prefix = '',
): Change[] =>
  [...new Set([...broken.keys(), ...whole.keys()])].flatMap((title) => {
    const [wrong, right] = [broken.get(title) ?? '', whole.get(title) ?? ''];
    return wrong === right ? [] : [{ title: `${prefix}${title}`, broken: wrong, whole: right }];
  });

/** What was said to the checks besides the objects. */
function optionsText({ options, release, namespace }: Draft): string | undefined {
  const { unreadable = [] } = options;
  const said = [
    ...unreadable.map(({ source, problem }) => `In the folder is \`${source}\`: ${problem}.`),
    ...(release === BOOKSHOP_SYSTEM.release && namespace === BOOKSHOP_SYSTEM.namespace
      ? []
      : [`The chart is installed as the release \`${release}\` in the namespace \`${namespace}\`.`]),
  ];
  return said.length === 0 ? undefined : said.join(' ');
}
