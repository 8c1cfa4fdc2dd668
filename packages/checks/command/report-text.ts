import type { Report } from '../check.js';
import { findingText } from '../model/finding.js';

/** The report as a person reads it: findings, then what was waived and what nobody can prove, then one line. */
export function reportText({ findings, waived, foreign, objects }: Report): string {
  const counted = `${objects.length} objects`;
  return [
    ...findings.map((finding) => `${findingText(finding)}\n`),
    ...section(
      'Waived, by an annotation:',
      waived.map(({ finding, by, reason }) => `${finding.id} ${by} ${finding.field}: ${reason}`),
    ),
    ...section('Hosts outside of these manifests, which nothing here proves:', foreign),
    findings.length === 0
      ? `${counted}, no finding.`
      : `${counted}, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}. "cafe ids" says what each id means.`,
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];
