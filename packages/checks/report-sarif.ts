import type { Report } from './check.js';

/**
 * The report as SARIF 2.1.0, which code hosts show beside the lines of a change.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function reportSarif({ findings, waived, cluster }: Report): unknown {
  const sources = new Map(
    cluster.manifests.map(({ kind, namespace, name, source }) => [
      `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`,
      source,
    ]),
  );
  const results = [
    ...findings.map((finding) => ({ finding, reason: undefined })),
    ...waived.map(({ finding, reason }) => ({ finding, reason })),
  ];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cafe check',
            rules: [...new Set(results.map(({ finding }) => finding.id))].sort().map((id) => ({ id })),
          },
        },
        results: results.map(({ finding, reason }) => ({
          ruleId: finding.id,
          level: finding.severity,
          message: {
            text: `${finding.object}, ${finding.field}: found ${finding.found}; expected ${finding.expected}. ${finding.change}.`,
          },
          locations: [
            {
              physicalLocation: { artifactLocation: { uri: sources.get(finding.object) ?? finding.object } },
              logicalLocations: [{ fullyQualifiedName: `${finding.object} ${finding.field}` }],
            },
          ],
          ...(reason === undefined ? {} : { suppressions: [{ kind: 'inSource', justification: reason }] }),
        })),
      },
    ],
  };
}
