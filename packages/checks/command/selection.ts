import { writeFileSync } from 'node:fs';
import type { Report } from '../check.js';
import type { Finding, WaivedFinding } from '../model/finding.js';
import type { Configuration } from './configuration.js';
import { textOf } from './input.js';

/** Which findings count. */
export interface Selection extends Pick<Configuration, 'only' | 'skip' | 'waive'> {
  /** The file of findings that were there before. */
  readonly baseline: string | undefined;
  /** The day on which it is asked, as `2030-12-31`: a waiver may end. */
  readonly today: string;
}

/** The report with the findings that count, and those that the configuration accepts. */
export function selected(report: Report, { only, skip, waive, baseline, today }: Selection): Report {
  const known = baseline === undefined ? new Set<string>() : readBaseline(baseline);
  const findings: Finding[] = [];
  const waived: WaivedFinding[] = [...report.waived];
  for (const finding of report.findings) {
    if ((only.length > 0 && !only.includes(finding.id)) || skip.includes(finding.id)) continue;
    const waiver = waive.find(
      ({ id, object, until = today }) => id === finding.id && object === finding.object && until >= today,
    );
    if (waiver) waived.push({ finding, by: finding.object, reason: waiver.reason });
    else if (known.has(keyOf(finding))) {
      waived.push({ finding, by: finding.object, reason: `in ${baseline ?? 'the baseline'}` });
    } else findings.push(finding);
  }
  return { ...report, findings, waived };
}

/** Lines and columns move; what is wrong stays. */
const keyOf = ({ id, object, field, found }: Finding): string => [id, object, field, found].join(' | ');

/** Keeps what is found today, so that only what is new counts from now on. */
export function writeBaseline(path: string, { findings }: Report): void {
  writeFileSync(path, `${JSON.stringify({ findings: findings.map(keyOf).sort() }, undefined, 2)}\n`);
}

function readBaseline(path: string): ReadonlySet<string> {
  const content: unknown = JSON.parse(textOf(path));
  const listed =
    typeof content === 'object' && content !== null && 'findings' in content ? content.findings : undefined;
  if (!Array.isArray(listed)) {
    throw new Error(`${path} is no baseline; "cafe check --write-baseline ${path}" makes one.`);
  }
  return new Set(listed.map(String));
}
