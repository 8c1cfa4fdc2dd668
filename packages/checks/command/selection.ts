import { writeFileSync } from 'node:fs';
import type { Report } from '../check.js';
import type { Finding, WaivedFinding } from '../model/finding.js';
import type { Configuration } from './configuration.js';
import { textOf } from './input.js';

/** Which findings count. */
export interface Selection extends Pick<Configuration, 'only' | 'skip' | 'waive'> {
  /** The findings that were there before, by {@link keyOf}, and where that is known from. */
  readonly known: ReadonlyMap<string, string>;
  /** The day on which it is asked, as `2030-12-31`: a waiver may end. */
  readonly today: string;
}

/** The report with the findings that count, and those that the configuration accepts. */
export function selected(report: Report, { only, skip, waive, known, today }: Selection): Report {
  const findings: Finding[] = [];
  const waived: WaivedFinding[] = [...report.waived];
  for (const finding of report.findings) {
    if ((only.length > 0 && !only.includes(finding.id)) || skip.includes(finding.id)) continue;
    const waiver = waive.find(
      ({ id, object, until = today }) => id === finding.id && object === finding.object && until >= today,
    );
    const reason = waiver?.reason ?? known.get(keyOf(finding));
    if (reason === undefined) findings.push(finding);
    else waived.push({ finding, by: finding.object, reason });
  }
  return { ...report, findings, waived };
}

/** Lines and columns move; what is wrong stays. */
export const keyOf = ({ id, object, field, found }: Finding): string =>
  [id, object, field, found].join(' | ');

/** Keeps what is found today, so that only what is new counts from now on. */
export function writeBaseline(path: string, { findings }: Report): void {
  writeFileSync(path, `${JSON.stringify({ findings: findings.map(keyOf).sort() }, undefined, 2)}\n`);
}

/** The findings that a baseline keeps. @throws Error when it is none */
export function readBaseline(path: string): ReadonlyMap<string, string> {
  const content: unknown = JSON.parse(textOf(path));
  const listed =
    typeof content === 'object' && content !== null && 'findings' in content ? content.findings : undefined;
  if (!Array.isArray(listed)) {
    throw new Error(`${path} is no baseline; "cafe check --write-baseline ${path}" makes one.`);
  }
  return new Map(listed.map((key) => [String(key), `in ${path}`]));
}
