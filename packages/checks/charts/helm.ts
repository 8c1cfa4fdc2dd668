import { execFile, spawnSync } from 'node:child_process';
import { servedInstead } from '../model/removed-versions.js';

/** Bytes of a rendering that are taken in. */
const MOST = 2 ** 28;

/** What Helm makes of a chart once. */
export type Rendered =
  | { readonly text: string }
  /** The chart itself says no: `fail`, `required`, or the schema of its values. */
  | { readonly refused: string }
  /** A template breaks, or makes what is no YAML. */
  | { readonly failed: string };

/** Values of a release besides the chart's own, the last one first in rank. */
export interface ChartValues {
  /** Files of them. */
  readonly files: readonly string[];
  /** What stands beside the release's name; a text is YAML. */
  readonly inline?: unknown;
  /** Single ones, as in `helm --set`: `image.tag=1.2.3`. */
  readonly set: readonly string[];
}

/** How a chart is rendered. */
export interface RenderArguments {
  /** The chart's folder. */
  readonly directory: string;
  readonly release: string;
  readonly namespace: string;
  /** Files of values, the last one first in rank. */
  readonly valueFiles: readonly string[];
}

/**
 * Renders a chart as `helm template` does, which asks no cluster.
 *
 * @throws Error when Helm cannot be run
 */
export function renderChart({
  directory,
  release,
  namespace,
  valueFiles,
}: RenderArguments): Promise<Rendered> {
  const words = templateWords(release, directory, namespace, valueFiles);
  return new Promise((rendered, refuse) => {
    execFile('helm', words, { encoding: 'utf8', maxBuffer: MOST }, (error, stdout, stderr) => {
      if (!error) rendered({ text: stdout });
      else if (error.code === 'ENOENT') refuse(withoutHelm(directory));
      else rendered(unrendered(stderr || error.message));
    });
  });
}

function unrendered(said: string): Rendered {
  const reason = said
    .replace(/^level=.*\n/gm, '')
    .replace(/\n\nUse --debug flag[\s\S]*/, '')
    .replace(/^Error: /, '')
    .trim();
  return /^execution error at \(|^values don't meet the specifications/.test(reason)
    ? { refused: reason }
    : { failed: reason };
}

/**
 * What Helm renders of a chart with its own values, and others besides; nothing without Helm.
 *
 * @throws Error with Helm's own words
 */
export function renderedChart(
  directory: string,
  release: string,
  namespace: string,
  { files, inline, set }: ChartValues = { files: [], set: [] },
): string | undefined {
  const words = [
    ...templateWords(release, directory, namespace, files),
    ...(inline === undefined ? [] : ['--values', '-']),
    ...set.flatMap((each) => ['--set', each]),
  ];
  return output(words, typeof inline === 'string' ? inline : JSON.stringify(inline));
}

/** Helm without a cluster knows versions, but not of which kinds: a chart that asks for both falls back to an older one. */
const templateWords = (
  release: string,
  directory: string,
  namespace: string,
  files: readonly string[],
): readonly string[] => [
  'template',
  release,
  directory,
  '--namespace',
  namespace,
  '--api-versions',
  servedInstead.join(','),
  ...files.flatMap((file) => ['--values', file]),
];

/** The output of a command of Helm's that only reads, whose last word is the chart. @throws Error with Helm's own words */
export function helm(...words: readonly string[]): string {
  const text = output(words);
  if (text === undefined) throw withoutHelm(words.at(-1) ?? '');
  return text;
}

/** Nothing without Helm. */
function output(words: readonly string[], input?: string): string | undefined {
  const { status, stdout, stderr, error } = spawnSync('helm', words, {
    encoding: 'utf8',
    maxBuffer: MOST,
    input,
  });
  if (error && 'code' in error && error.code === 'ENOENT') return undefined;
  if (error ?? status !== 0) {
    throw new Error(
      `"helm ${words.join(' ').replace(/ --api-versions \S+/, '')}" fails: ${(error?.message ?? stderr).trim()}`,
    );
  }
  return stdout;
}

const withoutHelm = (chart: string): Error =>
  new Error(`helm, which renders ${chart}, is not here: https://helm.sh/docs/intro/install`);
