import type { ParseArgsConfig } from 'node:util';
import { check, type Report } from '../check.js';
import { chartCommand } from './chart-command.js';
import type { Outcome, Surroundings } from './command.js';
import { committed } from './committed.js';
import { explanation } from './explanation.js';
import { INPUT_HELP, INPUT_OPTIONS, type ObjectsInput, readObjects } from './objects-input.js';
import { keyOf } from './selection.js';
import { asOf } from './since.js';
import { parseWords, REPORT_HELP, REPORT_OPTIONS, reporting } from './report-options.js';

const HELP = `Proves that Kubernetes manifests can work together, before anybody applies them.

  cafe check [dir | file | -]… [options]
  cafe check chart CHART [options]   a Helm chart under every name and value; "cafe check chart --help" says more

  dir                     a folder as "kubectl apply -f" reads it (default: dist), a kustomization (rendered by kubectl)
                          or a chart (rendered by helm); "-" reads the standard input, such as the output of
                          "helm template" or "kubectl get -o json". What an Application or ApplicationSet of Argo CD, a
                          Kustomization or HelmRelease of Flux and a Helmfile point to is read as well, where it is
                          in the same repository
${INPUT_HELP}
${REPORT_HELP}
  --since REF             only what is found since this branch, tag or commit of git: what was found there is known
  --explain               the arithmetic of time and connections, and the network matrix

Exit status: 0 nothing found of the level of --fail-on, 1 findings, 2 could not look, or there was nothing to look at.
An annotation "cafe-check/waive.CAFE031: <reason>" on the object accepts a finding; the report lists it.
"cafe explain CAFE031" says why that hurts, with an example, and "cafe ids" lists the ids.`;

const OPTIONS = {
  ...INPUT_OPTIONS,
  since: { type: 'string' },
  explain: { type: 'boolean', default: false },
  ...REPORT_OPTIONS,
} as const satisfies ParseArgsConfig['options'];

/**
 * `cafe check`.
 *
 * @param words - the arguments behind `check`
 * @throws Error when it could not look, with the reason
 */
export async function checkCommand(
  words: readonly string[],
  { readStandardInput, progress }: Surroundings,
): Promise<Outcome> {
  // A folder of that name alone is a folder.
  if (words[0] === 'chart' && words.length > 1) return chartCommand(words.slice(1), progress);
  const { values, positionals } = parseWords('check', words, OPTIONS);
  if (values.help) return { status: 0, output: HELP };
  const { configuration, conclude } = reporting(values);
  const { since } = values;
  const targets = positionals.length === 0 ? ['dist'] : positionals;
  const read = (those: readonly string[]): ObjectsInput =>
    readObjects(those, values, configuration, readStandardInput);
  const reportOn = ({ objects, folder, ...known }: ObjectsInput): Report =>
    check(objects.manifests, {
      ...known,
      unreadable: objects.unreadable,
      previous: folder === undefined ? [] : committed(folder, since),
    });
  const known = since === undefined ? undefined : foundAt(since, targets, (those) => reportOn(read(those)));
  const input = read(targets);
  return conclude(
    reportOn(input),
    (shown) =>
      [
        ...input.notRead.map((line) => `not read: ${line}\n`),
        ...(values.explain ? [`${explanation(shown)}\n\n`] : []),
      ].join(''),
    known,
  );
}

/** What is found in the targets as git has them at a ref. */
const foundAt = (
  ref: string,
  targets: readonly string[],
  reportOn: (targets: readonly string[]) => Report,
): ReadonlyMap<string, string> =>
  asOf(
    ref,
    targets,
    (there, root) =>
      new Map(
        reportOn(there).findings.map((finding) => [
          keyOf(finding).replaceAll(root.there, root.here),
          `there in ${ref}`,
        ]),
      ),
  );
