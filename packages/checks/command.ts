import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './check.js';
import { committed, readDirectory, readText } from './directory.js';
import { readRelease, type ReleaseArgument } from './release.js';
import { reportSarif } from './report-sarif.js';
import { explanation, reportText } from './report-text.js';

export const HELP = `Proves that Kubernetes manifests can work together, before anybody applies them.

  cafe check [dir | file | -] [--release NAME=chartdir]… [--explain] [-o text|json|sarif]

  dir                     a folder as "kubectl apply -f" reads it (default: dist); "-" reads the standard input, such as
                          the output of "helm template" or "kubectl get -o json"
  --release NAME=chartdir a Helm release that the manifests rely on; rendered by helm when it is installed, else by the
                          chart's naming rule (default: cafe-lumiere-postgresql=<dir>/helm/postgresql, if it is there)
  --no-release            no release, not even that one
  --explain               the arithmetic of time and connections, and the network matrix
  -o text|json|sarif      how to write the report (default: text)
  -h, --help              this text

Exit status: 0 nothing found, 1 findings, 2 could not look.
An annotation "cafe-check/waive.CAFE031: <reason>" on the object accepts a finding; the report lists it.
Each id is described in docs/checks.md.`;

/** What a run of the command writes, and its exit status. */
export interface Outcome {
  readonly status: 0 | 1 | 2;
  readonly output: string;
}

/**
 * The command `cafe`.
 *
 * @param words - the arguments behind the program's name
 * @param readStandardInput - asked only for `-`
 */
export function run(words: readonly string[], readStandardInput: () => string): Outcome {
  try {
    return checked(words, readStandardInput);
  } catch (error) {
    return {
      status: 2,
      output: `cafe check could not look: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function checked(words: readonly string[], readStandardInput: () => string): Outcome {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      release: { type: 'string', multiple: true, default: [] },
      'no-release': { type: 'boolean', default: false },
      explain: { type: 'boolean', default: false },
      output: { type: 'string', short: 'o', default: 'text' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return { status: 0, output: HELP };
  const [command, target = 'dist', ...others] = positionals;
  if (command !== 'check' || others.length > 0) {
    throw new Error(
      `the arguments are "${positionals.join(' ')}"; write "cafe check [dir | file | -]".\n\n${HELP}`,
    );
  }
  if (!['text', 'json', 'sarif'].includes(values.output)) {
    throw new Error(`-o is "${values.output}"; it is one of text, json and sarif.`);
  }
  const isFile = target !== '-' && /\.(?:ya?ml|json)$/.test(target);
  const read =
    target === '-'
      ? readText(readStandardInput(), 'the standard input')
      : isFile
        ? readText(readFileSync(target, 'utf8'), target)
        : readDirectory(target);
  const namespace = read.manifests.find((manifest) => manifest.namespace !== '')?.namespace ?? 'default';
  const releases = values['no-release'] ? [] : releaseArguments(values.release, target);
  const report = check(read.manifests, {
    unreadable: read.unreadable,
    releases: releases.map((release) => readRelease(release, namespace)),
    previous: target === '-' || isFile ? [] : committed(target),
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

function releaseArguments(given: readonly string[], target: string): ReleaseArgument[] {
  const own = join(target, 'helm', 'postgresql');
  if (given.length === 0) return existsSync(own) ? [{ name: 'cafe-lumiere-postgresql', directory: own }] : [];
  return given.map((text) => {
    const [, name, directory] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || directory === undefined) {
      throw new Error(`--release is "${text}"; write NAME=chartdir, such as shop-db=charts/postgresql.`);
    }
    return { name, directory };
  });
}
