import { parseArgs, type ParseArgsConfig } from 'node:util';
import { check, type Report } from '../check.js';
import { isAtLeast, SEVERITIES, type Severity } from '../model/finding.js';
import type { Release } from '../model/release.js';
import type { Outcome } from './command.js';
import { committed } from './committed.js';
import { CONFIGURATION_FILE, readConfiguration } from './configuration.js';
import type { Objects } from './directory.js';
import { explanation } from './explanation.js';
import { folderOf, readInput } from './input.js';
import { chartsBelow, declaredReleases, readRelease, type ReleaseArgument, releasesOf } from './releases.js';
import { reportGithub } from './report-github.js';
import { reportJunit } from './report-junit.js';
import { reportSarif } from './report-sarif.js';
import { reportText } from './report-text.js';
import { selected, writeBaseline } from './selection.js';

const HELP = `Proves that Kubernetes manifests can work together, before anybody applies them.

  cafe check [dir | file | -]… [options]

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
  --fail-on LEVEL         broken (default): proven not to work; risk: a rollout, a drain or a restart will hurt; advice;
                          none
  --only ID, --skip ID    these findings alone, or without these; may be given several times
  --baseline FILE         the findings of this file are known; --write-baseline FILE makes it
  --config FILE           default: ${CONFIGURATION_FILE}, when it is here; docs/checks.md says what it holds
  --all                   every finding in full, advice among them
  --explain               the arithmetic of time and connections, and the network matrix
  -o, --output text|json|sarif|junit|github
                          how to write the report (default: text)
  -h, --help              this text

Exit status: 0 nothing found of the level of --fail-on, 1 findings, 2 could not look, or there was nothing to look at.
An annotation "cafe-check/waive.CAFE031: <reason>" on the object accepts a finding; the report lists it.
"cafe ids" says what each id means.`;

const OPTIONS = {
  release: { type: 'string', multiple: true, default: [] },
  'no-release': { type: 'boolean', default: false },
  recursive: { type: 'boolean', short: 'R', default: false },
  namespace: { type: 'string', short: 'n' },
  'fail-on': { type: 'string' },
  only: { type: 'string', multiple: true, default: [] },
  skip: { type: 'string', multiple: true, default: [] },
  baseline: { type: 'string' },
  'write-baseline': { type: 'string' },
  config: { type: 'string' },
  all: { type: 'boolean', default: false },
  explain: { type: 'boolean', default: false },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

/** A level of `--fail-on`. */
type FailOn = Severity | 'none';

/**
 * `cafe check`.
 *
 * @param words - the arguments behind `check`
 * @param readStandardInput - asked only for `-`
 * @throws Error when it could not look, with the reason
 */
export function checkCommand(words: readonly string[], readStandardInput: () => string): Outcome {
  const { values, positionals } = parsed(words);
  if (values.help) return { status: 0, output: HELP };
  const { output: format } = values;
  if (!isFormat(format)) {
    throw new Error(`-o is "${format}"; it is one of text, json, sarif, junit and github.`);
  }
  const configuration = readConfiguration(values.config);
  const failOn = failOnOf(values['fail-on'] ?? configuration['fail-on'] ?? 'broken');
  const targets = positionals.length === 0 ? ['dist'] : positionals;
  const objects = readInput({ targets, recursive: values.recursive, readStandardInput });
  const folder = folderOf(targets);
  const everything = check(objects.manifests, {
    unreadable: objects.unreadable,
    namespace: values.namespace ?? configuration.namespace,
    makes: configuration.makes,
    releases: values['no-release']
      ? []
      : releases(values.release, folder === undefined ? [] : chartsBelow(folder), objects),
    previous: folder === undefined ? [] : committed(folder),
  });
  const report = selected(everything, {
    only: [...values.only, ...configuration.only],
    skip: [...values.skip, ...configuration.skip],
    waive: configuration.waive,
    baseline: values.baseline,
    today: new Date().toISOString().slice(0, 10),
  });
  const written = values['write-baseline'];
  if (written !== undefined) {
    writeBaseline(written, report);
    return { status: 0, output: `${written} holds ${report.findings.length} findings, which count no more.` };
  }
  const fails = report.findings.some(({ severity }) => failOn !== 'none' && isAtLeast(severity, failOn));
  const text = (): string =>
    [...(values.explain ? [explanation(report), ''] : []), reportText(report, { all: values.all })].join(
      '\n',
    );
  return { status: fails ? 1 : 0, output: FORMATS[format](report, text, failOn) };
}

const FORMATS = {
  text: (_report: Report, text: () => string): string => text(),
  json: ({ findings, waived, foreign, proven }: Report): string =>
    JSON.stringify({ findings, waived, foreign, proven }, undefined, 2),
  sarif: (report: Report): string => JSON.stringify(reportSarif(report), undefined, 2),
  junit: (report: Report, _text: () => string, failOn: FailOn): string => reportJunit(report, failOn),
  github: (report: Report): string => reportGithub(report),
} as const;

const isFormat = (text: string): text is keyof typeof FORMATS => Object.hasOwn(FORMATS, text);

function failOnOf(text: string): FailOn {
  const level = [...SEVERITIES, 'none' as const].find((each) => each === text);
  if (level) return level;
  throw new Error(`--fail-on is "${text}"; it is one of ${SEVERITIES.join(', ')} and none.`);
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    // Node's own sentence, without its advice on how to write a file's name that begins with a dash.
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    const names = Object.keys(OPTIONS).map((name) => `--${name}`);
    throw new Error(
      `${problem.replace(/\.$/, '')}. The options are ${names.join(', ')}; "cafe check --help" says more.`,
      { cause: error },
    );
  }
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
