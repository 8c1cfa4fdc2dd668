import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Severity } from '../model/finding.js';
import type { Rule } from '../proofs/titles.js';
import { lineDiff } from './line-diff.js';

/** A file or object, broken and whole. */
export interface Change {
  /** `ConfigMap shop/config`, or a file's path. */
  readonly title: string;
  readonly broken: string;
  readonly whole: string;
}

/** An example that a test runs. */
export interface Example {
  /** What is wrong in it: the test's name. */
  readonly name: string;
  readonly changes: readonly Change[];
  /** What cannot be shown as a change of an object, such as the command's input. */
  readonly besides?: string | undefined;
  /** What `cafe check` says. */
  readonly finding: string;
}

const LEVELS: Readonly<Record<Severity, string>> = {
  broken: 'proven not to work',
  risk: 'it works until a rollout, a drain, a restart or somebody else’s object hurts it',
  advice: 'a practice that many keep',
};

const FOLDER = new URL('../../../docs/checks/', import.meta.url);
/** Of such a change, the page shows so many lines. */
const LINES = 60;

/** The page of an id, of what its proof says and its test runs. */
export function pageOf(
  { id, title, why, severity }: Rule,
  { name, changes, besides, finding }: Example,
): string {
  const diffs = changes.map(({ title: of, broken, whole }) => {
    const lines = lineDiff(broken, whole);
    const shown = lines.length > LINES ? [...lines.slice(0, LINES), '  …'] : lines;
    return `${of}:\n\n\`\`\`diff\n${shown.join('\n')}\n\`\`\``;
  });
  return [
    `# ${id}: ${title}`,
    `_${severity[0]?.toUpperCase() ?? ''}${severity.slice(1)}_: ${LEVELS[severity]}, where the finding says nothing else.`,
    why,
    '## An example',
    `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}. A test breaks it so, and sees it found${changes.length === 0 ? '' : '; `-` is broken, `+` is whole'}.`,
    ...diffs,
    ...(besides === undefined ? [] : [besides]),
    '`cafe check` says:',
    `\`\`\`text\n${finding}\n\`\`\``,
    '## When it is right as it is',
    ...waivers(id, objectIn(finding)),
    `For all objects: \`--skip ${id}\`. For all that is there today: \`--write-baseline\`.`,
  ]
    .join('\n\n')
    .concat('\n');
}

const objectIn = (finding: string): string => /^CAFE\d+ \w+: (.+)$/m.exec(finding)?.[1] ?? '';

function waivers(id: string, object: string): readonly string[] {
  const quoted = /[:,#{}]/.test(object) ? `'${object}'` : object;
  // A file and a chart carry no annotation.
  const annotation = /^[A-Z]\w+ /.test(object)
    ? [
        'On the object, with the reason; the report lists it:',
        `\`\`\`yaml\nmetadata:\n  annotations:\n    cafe-check/waive.${id}: why it is right here\n\`\`\``,
      ]
    : [];
  return [
    ...annotation,
    'In `.cafe-check.yaml`, for objects that are not yours, until a day when somebody looks again:',
    `\`\`\`yaml\nwaive:\n  - id: ${id}\n    object: ${quoted}\n    reason: why it is right here\n    until: '2030-12-31'\n\`\`\``,
  ];
}

/** The page as it is in docs/checks; with WRITE_PAGES in the environment it is written first. */
export function committedPage(id: string, page: string): string {
  const file = new URL(`${id}.md`, FOLDER);
  if (process.env['WRITE_PAGES']) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, page);
  }
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
