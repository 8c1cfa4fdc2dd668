import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { table } from '../../packages/checks/documentation/tables.js';
import { FAULTS } from './faults/index.js';

const FILE = new URL('results.json', import.meta.url);
const PAGE = new URL('../../docs/doctor.md', import.meta.url);
const BEGIN = '<!-- faults -->\n\n';
const END = '\n\n<!-- /faults -->';

/** What the doctor said of a fault, in the run that was recorded last. */
export interface Result {
  readonly name: string;
  readonly expected: readonly string[];
  /** Each root, with how sure it was. */
  readonly said: readonly string[];
  readonly right: boolean;
}

/** What is recorded. */
export const recorded = (): readonly Result[] =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as readonly Result[]) : [];

/** Puts results in the place of those of the same faults, and writes the page's table anew. */
export async function keep(results: readonly Result[]): Promise<void> {
  const all = new Map([...recorded(), ...results].map((result) => [result.name, result]));
  const ordered = Object.values(FAULTS).flatMap((kind) => kind.flatMap(({ name }) => all.get(name) ?? []));
  writeFileSync(FILE, await formatted(FILE, JSON.stringify(ordered)));
  writeFileSync(PAGE, await withResults(readFileSync(PAGE, 'utf8'), ordered));
}

/** The page with the table of what was recorded. */
async function withResults(page: string, results: readonly Result[]): Promise<string> {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('the page has no place for its table of faults');
  return formatted(PAGE, page.slice(0, from + BEGIN.length) + summary(results) + page.slice(to));
}

async function formatted(file: URL, text: string): Promise<string> {
  const filepath = fileURLToPath(file);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

function summary(results: readonly Result[]): string {
  const pairs = new Set((FAULTS['pairs'] ?? []).map(({ name }) => name));
  const of = (isPair: boolean) =>
    results.filter(({ name, expected }) => expected.length > 0 && pairs.has(name) === isPair);
  const count = (some: readonly Result[]) => `${some.filter(({ right }) => right).length} of ${some.length}`;
  const wrong = results.filter(({ expected, said }) =>
    said.some((each) => each.endsWith(' proven') && !expected.some((code) => each.startsWith(code))),
  );
  const well = results.filter(({ expected }) => expected.length === 0);
  const rows = Object.entries(FAULTS).flatMap(([kind, faults]) =>
    results
      .filter(({ name }) => faults.some((fault) => fault.name === name))
      .map(({ name, expected, said, right }) => [
        kind,
        name,
        expected.join(', ') || 'nothing',
        `${said.join(', ') || 'nothing'}${right ? '' : ' ✗'}`,
      ]),
  );
  return [
    `Single faults, the root first and alone: ${count(of(false))}. ${of(true).length === 0 ? '' : `Pairs, both roots and no other: ${count(of(true))}. `}Wrong *proven*: ${wrong.length}.${well.length === 0 ? '' : ` Healthy applications of others, rolled out anew: nothing named in ${count(well)}.`}`,
    '',
    table(['kind', 'fault', 'expected', 'said'], rows),
  ].join('\n');
}

/** Whether the page shows what is recorded. */
export async function isShown(): Promise<boolean> {
  const page = readFileSync(PAGE, 'utf8');
  return (await withResults(page, recorded())) === page;
}
