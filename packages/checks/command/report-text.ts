import type { Report } from '../check.js';
import { type Finding, findingText, SEVERITIES } from '../model/finding.js';
import { rulesById } from '../proofs/titles.js';

/** So many findings are written out, and so many of one id and level; the others are counted. */
const SHOWN = 8;
const SHOWN_OF_ONE = 3;

/** How much of a report is written. */
export interface TextOptions {
  /** Whether every finding is written out, advice among them. */
  readonly all: boolean;
}

/**
 * The report as a person reads it: what is broken first, at most a screen of it, then the others by id with their number,
 * what was waived and what nobody can prove, and what was proven.
 */
export function reportText(
  { findings, waived, foreign, objects, proven }: Report,
  { all }: TextOptions,
): string {
  const groups = groupsOf(findings);
  const shown = new Set<Finding>();
  for (const group of groups) {
    for (const finding of all ? group : group.slice(0, SHOWN_OF_ONE)) {
      if (all || (shown.size < SHOWN && finding.severity !== 'advice')) shown.add(finding);
    }
  }
  const titles = new Map<string, string>(rulesById().map(({ id, title }) => [id, title]));
  const counted = groups.flatMap((group) => {
    const more = group.filter((finding) => !shown.has(finding)).length;
    const [first] = group;
    return first && more > 0
      ? [`${first.id} ${first.severity} × ${more}  ${titles.get(first.id) ?? ''}`]
      : [];
  });
  return [
    ...[...shown].map((finding, index, before) => {
      const isFirst = before.findIndex(({ id }) => id === finding.id) === index;
      return `${findingText(finding)}${isFirst ? `\n  more     cafe explain ${finding.id}` : ''}\n`;
    }),
    ...section(shown.size === 0 ? 'Found ("--all" says each):' : 'And more ("--all" says each):', counted),
    ...section(
      'Waived, or known:',
      waived.map(({ finding, by, reason }) => `${finding.id} ${by} ${finding.field}: ${reason}`),
    ),
    ...section(
      'Hosts outside of these manifests, which nothing here proves:',
      all ? foreign : short(foreign),
    ),
    ...section('Proven:', proven),
    `${objects.length} objects, ${summary(findings)}`,
  ].join('\n');
}

/** Findings of one id and level together, the worst first. */
function groupsOf(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${SEVERITIES.indexOf(finding.severity)} ${finding.id}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const level = ([first]: readonly Finding[]): number => (first ? SEVERITIES.indexOf(first.severity) : 0);
  return [...groups.values()].sort((left, right) => level(left) - level(right));
}

function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'no finding.';
  const counts = SEVERITIES.flatMap((level) => {
    const count = findings.filter(({ severity }) => severity === level).length;
    return count === 0 ? [] : [`${count} ${level}`];
  });
  return `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} (${counts.join(', ')}). "cafe explain ID" says more.`;
}

const short = (lines: readonly string[]): readonly string[] =>
  lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more`];

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];
