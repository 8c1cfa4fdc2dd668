import { existsSync, readFileSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { check } from '../check.js';
import type { Release } from '../model/release.js';
import type { Outcome } from './command.js';
import { committed } from './committed.js';
import { isReadByKubectl, type Objects, readDirectory, readText } from './directory.js';
import { explanation } from './explanation.js';
import { chartsBelow, declaredReleases, readRelease, type ReleaseArgument, releasesOf } from './releases.js';
import { reportSarif } from './report-sarif.js';
import { reportText } from './report-text.js';

const HELP = `Proves that Kubernetes manifests can work together, before anybody applies them.

  cafe check [dir | file | -] [--release NAME=chartdir[@namespace]]… [--explain] [-o text|json|sarif]

  dir                     a folder as "kubectl apply -f" reads it (default: dist); "-" reads the standard input, such as
                          the output of "helm template" or "kubectl get -o json"
  --release NAME=chartdir[@namespace]
                          a Helm release that the manifests rely on; the charts in dir/helm that have a release.json
                          are known without it. Rendered by helm when it is installed, else as release.json says
                          (default namespace: the one of the manifests)
  --no-release            no release, not even those in dir/helm
  --explain               the arithmetic of time and connections, and the network matrix
  -o, --output text|json|sarif
                          how to write the report (default: text)
  -h, --help              this text

Exit status: 0 nothing found, 1 findings, 2 could not look, or there was nothing to look at.
An annotation "cafe-check/waive.CAFE031: <reason>" on the object accepts a finding; the report lists it.
"cafe ids" says what each id means.`;

const OPTIONS = {
  release: { type: 'string', multiple: true, default: [] },
  'no-release': { type: 'boolean', default: false },
  explain: { type: 'boolean', default: false },
  output: { type: 'string', short: 'o', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options'];

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
  const [target = 'dist', ...others] = positionals;
  if (others.length > 0) {
    throw new Error(`it looks at one folder, file or "-", and was given ${positionals.join(' ')}.`);
  }
  if (!['text', 'json', 'sarif'].includes(values.output)) {
    throw new Error(`-o is "${values.output}"; it is one of text, json and sarif.`);
  }
  if (target !== '-' && !existsSync(target)) throw new Error(`there is no file or folder "${target}".`);
  const kind = target === '-' ? 'text' : isReadByKubectl(target) ? 'file' : 'folder';
  const objects =
    kind === 'text'
      ? readText(readStandardInput(), 'the standard input')
      : kind === 'file'
        ? readText(readFileSync(target, 'utf8'), target)
        : readDirectory(target);
  if (objects.manifests.length + objects.unreadable.length === 0) {
    throw new Error(`there is nothing in ${target === '-' ? 'the standard input' : target}.`);
  }
  const charts = kind === 'folder' ? chartsBelow(target) : [];
  const report = check(objects.manifests, {
    unreadable: objects.unreadable,
    releases: values['no-release'] ? [] : releases(values.release, charts, objects),
    previous: kind === 'folder' ? committed(target) : [],
  });
  const { findings, waived, foreign } = report;
  const output =
    values.output === 'json'
      ? JSON.stringify({ findings, waived, foreign }, undefined, 2)
      : values.output === 'sarif'
        ? JSON.stringify(reportSarif(report), undefined, 2)
        : [...(values.explain ? [explanation(report), ''] : []), reportText(report)].join('\n');
  return { status: findings.length === 0 ? 0 : 1, output };
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
