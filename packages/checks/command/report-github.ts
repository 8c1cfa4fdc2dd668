import type { Report } from '../check.js';
import { findingLine, type Severity } from '../model/finding.js';

const COMMANDS: Readonly<Record<Severity, string>> = { broken: 'error', risk: 'warning', advice: 'notice' };

/** The report as workflow commands, which GitHub shows beside the lines of a change. */
export const reportGithub = ({ findings }: Report): string =>
  findings
    .map((finding) => {
      const { id, severity, source, line, column } = finding;
      const place =
        line === undefined ? '' : `file=${property(source ?? '')},line=${line},col=${column ?? 1},`;
      return `::${COMMANDS[severity]} ${place}title=${id}::${data(findingLine(finding))}`;
    })
    .join('\n');

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
