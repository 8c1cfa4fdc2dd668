import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { manifestsByTitle, type Report } from '../check.js';
import { type Finding, findingLine, type Severity } from '../model/finding.js';
import { type Rule, rulesById } from '../proofs/titles.js';
import { pageText } from './pages.js';

/** SARIF's words for the levels. */
const LEVELS: Readonly<Record<Severity, string>> = { broken: 'error', risk: 'warning', advice: 'note' };

/**
 * The report as SARIF 2.1.0, which code hosts show beside the lines of a change.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function reportSarif({ findings, waived, objects }: Report): unknown {
  const manifests = manifestsByTitle(objects);
  const ids = new Set<string>([...findings, ...waived.map(({ finding }) => finding)].map(({ id }) => id));
  const rules = rulesById().filter(({ id }) => ids.has(id));
  const result = (finding: Finding) => {
    const { id, severity, object, field, found, also = [], line = 1, column = 1 } = finding;
    const source = finding.source ?? manifests.get(object)?.source ?? object;
    return {
      ruleId: id,
      ruleIndex: rules.findIndex((rule) => rule.id === id),
      level: LEVELS[severity],
      message: { text: findingLine(finding) },
      // Lines move; what is wrong stays.
      partialFingerprints: { 'cafeCheck/v1': [id, object, field, found].join(' | ') },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(source) },
            // A code host wants a line, and where a file was rendered nobody knows it.
            region: { startLine: line, startColumn: column },
          },
          logicalLocations: [{ fullyQualifiedName: `${object} ${field}` }],
        },
      ],
      ...(also.length > 0 && {
        relatedLocations: also.map((name) => ({
          message: { text: 'the same cause hurts it' },
          logicalLocations: [{ fullyQualifiedName: name }],
        })),
      }),
    };
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        columnKind: 'utf16CodeUnits',
        tool: { driver: { name: 'cafe check', rules: rules.map(ruleOf) } },
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

function ruleOf({ id, title, why, severity }: Rule) {
  const page = pageText(id) ?? why;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: page, markdown: page },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['kubernetes'] },
  };
}

/** A path below the working directory, as a code host wants it; else an address, and a name for what is no file. */
function uriOf(source: string): string {
  if (source === 'the standard input') return 'stdin';
  // `helm template charts/shop (shop/templates/web.yaml)` and `kubectl kustomize base` are of that folder.
  const path = source.replace(/^(?:helm template|kubectl kustomize) /, '').replace(/ \(.*\)$/, '');
  const below = relative(process.cwd(), resolve(path));
  return below.startsWith('..') ? pathToFileURL(resolve(path)).href : encodeURI(below);
}
