import { readdirSync } from 'node:fs';
import { CATEGORIES, type Code, CODES } from '../doctor/causes/codes.js';
import { diagnose } from '../doctor/diagnosis.js';
import { readBundle } from '../doctor/reading/bundle.js';
import { written } from '../doctor/report-text.js';

const FIXTURES = new URL('../doctor/fixtures/', import.meta.url);
/** Of one code, so many faults are shown. */
const EXAMPLES = 3;

/** A page for each code of the doctor: what it said of faults that were made on a real cluster. */
export function doctorPages(): ReadonlyMap<string, string> {
  const examples = new Map<Code, string[]>();
  for (const file of readdirSync(FIXTURES).sort()) {
    // Two faults at once show nothing that each does not.
    if (file.includes('-and-')) continue;
    for (const root of diagnose(readBundle(new URL(file, FIXTURES).pathname)).roots) {
      const present = examples.get(root.code) ?? [];
      const text = written(root, (_verdict, words) => words).join('\n');
      examples.set(root.code, [...present, `\`\`\`text\n${text}\n\`\`\``].slice(0, EXAMPLES));
    }
  }
  return new Map(
    (Object.keys(CODES) as Code[]).map((code) => [`${code}.md`, pageOf(code, examples.get(code) ?? [])]),
  );
}

function pageOf(code: Code, examples: readonly string[]): string {
  const [category, title] = CODES[code];
  return [
    `# ${code}: ${title}`,
    `One of those of _${category}_ (${CATEGORIES[category]}). [How sure each is, and how to read it](../doctor.md#how-sure-it-is).`,
    ...(examples.length === 0
      ? ['No fault of this kind was made on a cluster yet: its words are those of Kubernetes’ own messages.']
      : ['`cafe doctor` said, on a cluster on which it was so:', ...examples]),
  ]
    .join('\n\n')
    .concat('\n');
}
