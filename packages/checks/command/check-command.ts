import type { ParseArgsConfig } from 'node:util';
import { check } from '../check.js';
import type { Release } from '../model/release.js';
import { chartCommand } from './chart-command.js';
import type { Outcome, Surroundings } from './command.js';
import { committed } from './committed.js';
import type { Objects } from './directory.js';
import { explanation } from './explanation.js';
import { folderOf, readInput } from './input.js';
import { chartsBelow, declaredReleases, readRelease, type ReleaseArgument, releasesOf } from './releases.js';
import { parseWords, REPORT_HELP, REPORT_OPTIONS, reporting } from './report-options.js';

const HELP = `Proves that Kubernetes manifests can work together, before anybody applies them.

  cafe check [dir | file | -]… [options]
  cafe check chart CHART [options]   a Helm chart under every name and value; "cafe check chart --help" says more

  dir                     a folder as "kubectl apply -f" reads it (default: dist), a kustomization (rendered by kubectl)
                          or a chart (rendered by helm); "-" reads the standard input, such as the output of
                          "helm template" or "kubectl get -o json"
  -R, --recursive         the folders below as well
  -n, --namespace NAME    where the objects go that name no namespace, as in "kubectl -n" (default: the one that the
                          others name)
  --release NAME=chartdir[@namespace]
                          a Helm release that the manifests rely on; the charts in dir/helm that have a release.json
                          are known without it. Rendered by helm when it is installed, else as release.json says
                          (default namespace: the one of the manifests)
  --no-release            no release, not even those in dir/helm
${REPORT_HELP}
  --explain               the arithmetic of time and connections, and the network matrix

Exit status: 0 nothing found of the level of --fail-on, 1 findings, 2 could not look, or there was nothing to look at.
An annotation "cafe-check/waive.CAFE031: <reason>" on the object accepts a finding; the report lists it.
"cafe ids" says what each id means.`;

const OPTIONS = {
  release: { type: 'string', multiple: true, default: [] },
  'no-release': { type: 'boolean', default: false },
  recursive: { type: 'boolean', short: 'R', default: false },
  namespace: { type: 'string', short: 'n' },
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
  const targets = positionals.length === 0 ? ['dist'] : positionals;
  const objects = readInput({ targets, recursive: values.recursive, readStandardInput });
  const folder = folderOf(targets);
  const report = check(objects.manifests, {
    unreadable: objects.unreadable,
    namespace: values.namespace ?? configuration.namespace,
    makes: configuration.makes,
    releases: values['no-release']
      ? []
      : releases(values.release, folder === undefined ? [] : chartsBelow(folder), objects),
    previous: folder === undefined ? [] : committed(folder),
  });
  return conclude(report, (shown) => (values.explain ? `${explanation(shown)}\n\n` : ''));
}

function releases(
  asked: readonly string[],
  charts: readonly string[],
  { manifests }: Objects,
): readonly Release[] {
  const namespaces = new Set(manifests.flatMap(({ namespace }) => (namespace === '' ? [] : [namespace])));
  return releasesOf(
    asked.map((text) => releaseArgument(text, namespaces)),
    declaredReleases(charts),
  ).map(readRelease);
}

function releaseArgument(text: string, namespaces: ReadonlySet<string>): ReleaseArgument {
  const [, name, directory, given] = /^([^=]+)=(.+?)(?:(?<=[^/])@([a-z0-9-]+))?$/.exec(text) ?? [];
  if (name === undefined || directory === undefined) {
    throw new Error(
      `--release is "${text}"; write NAME=chartdir or NAME=chartdir@namespace, such as shop-db=charts/postgresql.`,
    );
  }
  const [namespace = 'default', ...others] = given === undefined ? namespaces : [given];
  if (others.length > 0) {
    throw new Error(
      `the manifests are in the namespaces ${[namespace, ...others].join(', ')}; write in which one the release is, as in --release ${text}@${namespace}.`,
    );
  }
  return { name, namespace, directory };
}
