import { manifestsByTitle, type Report } from '../check.js';
import type { Finding, Severity } from '../model/finding.js';
import { rulesById } from '../proofs/titles.js';

/** SARIF's words for the levels. */
const LEVELS: Readonly<Record<Severity, string>> = { broken: 'error', risk: 'warning', advice: 'note' };

/**
 * The report as SARIF 2.1.0, which code hosts show beside the lines of a change.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function reportSarif({ findings, waived, objects }: Report): unknown {
  const manifests = manifestsByTitle(objects);
  const result = (finding: Finding) => ({
    ruleId: finding.id,
    level: LEVELS[finding.severity],
    message: {
      text: `${finding.object}, ${finding.field}: found ${finding.found}; expected ${finding.expected}. ${finding.change}.`,
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: manifests.get(finding.object)?.source ?? finding.object },
          ...(finding.line === undefined
            ? {}
            : { region: { startLine: finding.line, startColumn: finding.column ?? 1 } }),
        },
        logicalLocations: [{ fullyQualifiedName: `${finding.object} ${finding.field}` }],
      },
    ],
  });
  const ids = new Set<string>([...findings, ...waived.map(({ finding }) => finding)].map(({ id }) => id));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cafe check',
            rules: rulesById().flatMap(({ id, title }) =>
              ids.has(id) ? [{ id, shortDescription: { text: title } }] : [],
            ),
          },
        },
        results: [
          ...findings.map(result),
          ...waived.map(({ finding, reason }) => ({
            ...result(finding),
            suppressions: [{ kind: 'inSource', justification: reason }],
          })),
        ],
      },
    ],
  };
}
