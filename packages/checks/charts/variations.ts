import { isRecord } from '../model/manifest.js';
import type { Severity } from '../model/finding.js';
import type { Chart } from './chart.js';

/** One way to install a chart. */
export interface Variation {
  /** How a finding says it: `the release name 7th`, `ingress.enabled: true`. */
  readonly title: string;
  readonly release: string;
  /** What is set besides the user's own values. */
  readonly values?: unknown;
  /** What counts: everything, what cannot work, or types and names alone. */
  readonly counts: 'everything' | 'broken' | 'types';
  /** The worst that a finding is which only this shows: nobody has to install a chart like this. */
  readonly worst: Severity;
}

/** Helm takes no longer one. */
export const LONGEST_RELEASE = 53;
/** The name that the others are compared with; no chart's name contains it. */
export const SHORT_RELEASE = 'r1';

/** A text that YAML takes for a number where a template forgets the quotes. */
const LIKE_A_NUMBER = '20300101';

/** `x-x-x…`: where a name is cut, a dash stays at its end, at each even or at each odd place. */
const dashes = (length: number, begin: string): string =>
  (begin + '-x'.repeat(length)).slice(0, length).replace(/-$/, 'x');

/** The release names under which mistakes of naming show. */
export function releaseNames({ name }: Pick<Chart, 'name'>): readonly Variation[] {
  const named = (release: string, what: string, worst: Severity = 'broken'): Variation => ({
    title: `the release name ${release} (${what})`,
    release,
    counts: 'everything',
    worst,
  });
  return [
    named(`my-${name}`.slice(0, LONGEST_RELEASE), "contains the chart's"),
    named('x'.repeat(LONGEST_RELEASE), `${LONGEST_RELEASE} characters`),
    named(dashes(LONGEST_RELEASE, 'x'), `${LONGEST_RELEASE} characters`),
    named(dashes(LONGEST_RELEASE, 'xx'), `${LONGEST_RELEASE} characters`),
    named('7th', 'begins with a digit', 'risk'),
    named('2030', 'a number', 'risk'),
  ];
}

/** Each switch turned, each number one more, each text like a number, each map of labels filled: one at a time. */
export function valueVariations(values: unknown): readonly Variation[] {
  return leaves(values, []).flatMap(({ path, value }): Variation[] => {
    const set = changeOf(path.at(-1) ?? '', value);
    if (!set) return [];
    return [
      {
        title: `${path.join('.')}: ${JSON.stringify(set.value)}`,
        release: SHORT_RELEASE,
        values: path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), set.value),
        counts: set.counts,
        worst: typeof value === 'boolean' ? 'broken' : 'risk',
      },
    ];
  });
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0);

function leaves(value: unknown, path: readonly string[]): Leaf[] {
  if (!isRecord(value) || isEmpty(value)) return path.length === 0 ? [] : [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** What a value becomes, and what then counts. Nothing for lists and for what nobody can guess. */
function changeOf(
  key: string,
  value: unknown,
): { readonly value: unknown; readonly counts: Variation['counts'] } | undefined {
  if (typeof value === 'boolean') return { value: !value, counts: 'broken' };
  if (typeof value === 'number') return { value: value + 1, counts: 'broken' };
  if (/^(?:name|fullname)Override$/.test(key)) return { value: 'renamed', counts: 'broken' };
  if (typeof value === 'string') return { value: LIKE_A_NUMBER, counts: 'types' };
  if (!isEmpty(value)) return undefined;
  if (/(?:[lL]abels|[aA]nnotations|nodeSelector)$/.test(key)) {
    return { value: { 'example.org/set': LIKE_A_NUMBER }, counts: 'types' };
  }
  return key === 'tolerations' ? { value: [{ operator: 'Exists' }], counts: 'types' } : undefined;
}
