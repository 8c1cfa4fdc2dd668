import type { ParseArgsConfig } from 'node:util';
import { clusterOf } from '../check.js';
import { reachChanges } from '../connections/reach-changes.js';
import { type ReachLine, reachLines } from '../connections/reach-lines.js';
import { CONNECTION_FORMATS } from '../connections/reports.js';
import type { Outcome, Surroundings } from './command.js';
import { readConfiguration } from './configuration.js';
import { INPUT_HELP, INPUT_OPTIONS, readObjects } from './objects-input.js';
import { parseWords } from './report-options.js';

const HELP = `Says who reaches whom: by which variable, argument or file, and by which rule of a NetworkPolicy.

  cafe connections [dir | file | -]… [options]

  --diff OLD              compares with these manifests: what is added, taken away and changed
${INPUT_HELP}
  -o, --output text|json|mermaid|markdown
                          how to write it (default: text)
  -h, --help              this text

Exit status: 0, or with --diff 1 when the two differ; 2 could not look, or there was nothing to look at.`;

const OPTIONS = {
  diff: { type: 'string' },
  ...INPUT_OPTIONS,
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

/**
 * `cafe connections`.
 *
 * @param words - the arguments behind `connections`
 * @throws Error when it could not look, with the reason
 */
export function connectionsCommand(words: readonly string[], { readStandardInput }: Surroundings): Outcome {
  const { values, positionals } = parseWords('connections', words, OPTIONS);
  if (values.help) return { status: 0, output: HELP };
  const { output: format, diff } = values;
  if (!isFormat(format)) {
    throw new Error(`-o is "${format}"; it is one of ${Object.keys(CONNECTION_FORMATS).join(', ')}.`);
  }
  const configuration = readConfiguration(undefined);
  // A release that was asked for is beside both.
  const linesOf = (targets: readonly string[]): readonly ReachLine[] => {
    const { objects, ...known } = readObjects(targets, values, configuration, readStandardInput);
    return reachLines(clusterOf(objects.manifests, known).cluster);
  };
  const lines = linesOf(positionals);
  const changes = diff === undefined ? undefined : reachChanges(linesOf([diff]), lines);
  const differs = changes && changes.added.length + changes.removed.length + changes.changed.length > 0;
  return { status: differs ? 1 : 0, output: CONNECTION_FORMATS[format]({ lines, changes }) };
}

const isFormat = (text: string): text is keyof typeof CONNECTION_FORMATS =>
  Object.hasOwn(CONNECTION_FORMATS, text);
