import { pageText } from '../command/pages.js';
import type { Verdict } from './causes/cause.js';
import { CATEGORIES, CODES } from './causes/codes.js';
import type { Diagnosis, Root } from './diagnosis.js';

const LEVELS: Readonly<Record<Verdict, string>> = {
  proven: 'error',
  likely: 'warning',
  'cannot tell': 'note',
};

/** Its page, where the package was built with it. */
function helpOf(id: string): { readonly help?: unknown } {
  const page = pageText(id);
  return page === undefined ? {} : { help: { text: page, markdown: page } };
}

/**
 * The diagnosis as SARIF 2.1.0: a result for each root, at the objects that it breaks. Objects of a cluster are in no file.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function doctorSarif({ roots }: Diagnosis): unknown {
  const codes = [...new Set(roots.map(({ code }) => code))].sort();
  const result = ({ code, verdict, key, sentence, breaks, mend, evidence }: Root) => ({
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[verdict],
    message: { text: `${verdict}: ${sentence}. ${mend}` },
    partialFingerprints: { 'cafeDoctor/v1': `${code} | ${key}` },
    locations: [
      {
        logicalLocations: [...new Set([...breaks, ...evidence.map(({ object }) => object)])].map((title) => ({
          fullyQualifiedName: title,
        })),
      },
    ],
  });
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cafe doctor',
            rules: codes.map((id) => ({
              id,
              shortDescription: { text: CODES[id][1] },
              ...helpOf(id),
              properties: { tags: ['kubernetes', CATEGORIES[CODES[id][0]]] },
            })),
          },
        },
        results: roots.map(result),
      },
    ],
  };
}
