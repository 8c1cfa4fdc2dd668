import { CATEGORIES, type Category, CODES } from './causes/codes.js';
import type { Verdict } from './causes/cause.js';
import type { Diagnosis, Root } from './diagnosis.js';

/** How much of a diagnosis is written, and how. */
export interface TextOptions {
  /** Whether a terminal shows it. */
  readonly colours: boolean;
}

/** So many steps of a chain, and followers, are written; the others are counted. */
const STEPS = 6;
const FOLLOWERS = 5;

/** What is read for a category: without it, its mark is a question. */
const NEEDS: Readonly<Record<Category, readonly string[]>> = {
  cluster: ['Node', 'EndpointSlice'],
  placing: ['Pod', 'Event'],
  images: ['Pod'],
  configuration: ['Pod', 'ConfigMap', 'Secret', 'Service'],
  storage: ['PersistentVolumeClaim', 'StorageClass'],
  processes: ['Pod', 'Log'],
  database: ['Pod', 'Log'],
  probes: ['Pod', 'Event'],
  network: ['Service', 'EndpointSlice', 'NetworkPolicy', 'Namespace'],
  controllers: ['Deployment', 'StatefulSet', 'ReplicaSet', 'HorizontalPodAutoscaler'],
};

/** The diagnosis as a person reads it: a line for each category, then each cause with what proves it, leads from it and mends it. */
export function reportText(diagnosis: Diagnosis, { colours }: TextOptions): string {
  const paint = (code: number, text: string): string => (colours ? `\u001B[${code}m${text}\u001B[0m` : text);
  const mark = { well: paint(32, '✓'), fault: paint(31, '✗'), unknown: paint(33, '?') };
  const { roots, unseen, progress, counts, namespaces, takenAt } = diagnosis;
  const lines = (Object.keys(CATEGORIES) as Category[]).map((category) => {
    const own = roots.filter(({ code }) => CODES[code][0] === category);
    const missing = unseen.filter(({ kind }) => NEEDS[category].includes(kind));
    const isUnknown =
      own.length === 0 ? missing.length > 0 : own.every(({ verdict }) => verdict === 'cannot tell');
    const says =
      own.length > 0
        ? own.map(({ code }) => code).join(', ')
        : missing.length > 0
          ? `cannot tell: ${[...new Set(missing.map(({ kind }) => kind))].join(', ')} may not be read`
          : CATEGORIES[category];
    return `${isUnknown ? mark.unknown : own.length > 0 ? mark.fault : mark.well} ${category.padEnd(13)} ${says}`;
  });
  return [
    `${namespaces.join(', ')}${diagnosis.context === '' ? '' : ` (context ${diagnosis.context})`}, ${takenAt}: ${counts.nodes} nodes, ${counts.workloads} workloads, ${counts.pods} pods, ${counts.services} Services`,
    '',
    ...lines,
    '',
    ...roots.flatMap((root) => [...written(root, (verdict, text) => paint(COLOURS[verdict], text)), '']),
    ...section('Under way, and no fault:', progress),
    ...section('Not probed:', diagnosis.unprobed),
    ...section('Not read, and nothing is concluded from it; the rights that are missing:', [
      ...new Set(unseen.map(({ missing }) => missing)),
    ]),
    summary(diagnosis),
  ].join('\n');
}

const COLOURS: Readonly<Record<Verdict, number>> = { proven: 31, likely: 35, 'cannot tell': 33 };

/** A cause with what proves it, leads from it and mends it, a line each. */
export function written(
  { code, verdict, sentence, evidence, chain, followers, mend, decide }: Root,
  paint: (verdict: Verdict, text: string) => string,
): string[] {
  return [
    `${paint(verdict, `${code} ${verdict}`)}  ${sentence}`,
    ...evidence.map(
      ({ object, field, value, at }) =>
        `    seen   ${object} ${field}${at === undefined || at === '' ? '' : ` at ${at}`}: ${oneLine(value)}`,
    ),
    ...short(chain, STEPS).map((step) => `    so     ${step}`),
    ...(decide === undefined ? [] : [`    open   ${decide}`]),
    `    mend   ${mend}`,
    ...(followers.length === 0 ? [] : ['    and this follows from it, and goes with it:']),
    ...short(
      followers.map((each) => `${each.code} ${each.sentence}`),
      FOLLOWERS,
    ).map((line) => `           ${line}`),
  ];
}

function summary({ roots, unseen }: Diagnosis): string {
  if (roots.length === 0)
    return unseen.length === 0 ? 'No fault found.' : 'No fault found in what may be read.';
  const count = (verdict: Verdict): number => roots.filter((root) => root.verdict === verdict).length;
  const parts = (['proven', 'likely', 'cannot tell'] as const).flatMap((verdict) =>
    count(verdict) === 0 ? [] : [`${count(verdict)} ${verdict}`],
  );
  const codes = [...new Set(roots.map(({ code }) => code))];
  return `${roots.length} ${roots.length === 1 ? 'cause' : 'causes of their own'}: ${parts.join(', ')}. More: cafe explain ${codes.join(' ')}`;
}

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' | ');

const short = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more`];

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `    ${line}`), ''];
