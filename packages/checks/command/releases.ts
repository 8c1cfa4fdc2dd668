import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { type ChartValues, renderedChart } from '../charts/helm.js';
import { documentsOf, isRecord, type Manifest, recordOf, toDocuments } from '../model/manifest.js';
import type { Release } from '../model/release.js';

/** A chart's folder, and the name and namespace that it is installed with. */
export interface ReleaseArgument {
  readonly name: string;
  readonly namespace: string;
  /** The chart's folder. */
  readonly directory: string;
  /** What it is installed with besides its own values. @default - nothing */
  readonly values?: ChartValues | undefined;
}

/** What the program that wrote a chart says beside it: how it is installed, and what then is in the cluster. */
interface ReleaseFile extends ReleaseArgument {
  readonly objects: readonly unknown[];
}

const RELEASE_FILE = 'release.json';

/** Where an output folder has its charts. */
export const chartsBelow = (directory: string): readonly string[] => {
  const charts = join(directory, 'helm');
  return existsSync(charts) ? readdirSync(charts).map((name) => join(charts, name)) : [];
};

/**
 * The releases that an output folder's charts (`helm/<chart>`) say they are installed as, each in its `release.json`.
 *
 * @throws Error when a chart cannot be read or rendered
 */
export const readReleases = (directory: string): readonly Release[] =>
  declaredReleases(chartsBelow(directory)).map(readRelease);

/**
 * The releases that these charts say they are installed as, each in its `release.json`; a chart without one is passed over.
 *
 * @throws Error when such a file is not as it should be
 */
export const declaredReleases = (charts: readonly string[]): readonly ReleaseArgument[] =>
  charts.flatMap((directory) => readReleaseFile(directory) ?? []);

/**
 * What a release of a chart puts into the cluster: what `helm template` renders, or, without Helm, what the chart's
 * `release.json` says.
 *
 * @throws Error when the chart cannot be read or rendered
 */
export function readRelease(release: ReleaseArgument): Release {
  const { name, directory } = release;
  const files = new Map(textFiles(directory));
  const about: unknown = parse(files.get('Chart.yaml') ?? '');
  if (!isRecord(about) || typeof about['name'] !== 'string') {
    throw new Error(`${directory} has no Chart.yaml with a name. Name the folder of a Helm chart.`);
  }
  const values: unknown = parse(files.get('values.yaml') ?? '{}');
  const rendered = render(release);
  return {
    name,
    chart: about['name'],
    files,
    values,
    manifests: rendered ?? known(release),
    rendered: rendered !== undefined,
  };
}

/** Nothing without Helm. */
function render({ name, namespace, directory, values }: ReleaseArgument): readonly Manifest[] | undefined {
  const text = renderedChart(directory, name, namespace, values);
  if (text === undefined) return undefined;
  return documentsOf(text, directory).flatMap((document) =>
    'manifest' in document ? [placed(document.manifest, namespace)] : [],
  );
}

function known({ name, namespace, directory }: ReleaseArgument): readonly Manifest[] {
  const file = readReleaseFile(directory);
  if (file?.name !== name || file.namespace !== namespace) {
    throw new Error(
      `Helm is not installed, and ${directory} ${file ? `knows itself as the release ${file.name} in the namespace ${file.namespace} only` : `has no ${RELEASE_FILE} that says what is in it`}. Install Helm to prove the release ${name} in the namespace ${namespace}.`,
    );
  }
  return file.objects.flatMap((object) =>
    toDocuments(object, directory).map((document) => {
      if ('manifest' in document) return placed(document.manifest, namespace);
      throw new Error(`${join(directory, RELEASE_FILE)}: in "objects", ${document.unreadable.problem}.`);
    }),
  );
}

/** Many charts name no namespace; Helm puts their objects into the release's. */
const placed = (manifest: Manifest, namespace: string): Manifest =>
  manifest.namespace === '' ? { ...manifest, namespace } : manifest;

function readReleaseFile(directory: string): ReleaseFile | undefined {
  const path = join(directory, RELEASE_FILE);
  if (!existsSync(path)) return undefined;
  const refuse = (problem: string): never => {
    throw new Error(
      `${path}: ${problem}. It is { "release": name, "namespace": name, "objects": [Kubernetes objects] }, as the program writes it that writes the chart.`,
    );
  };
  const text = readFileSync(path, 'utf8');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const { release, namespace, objects } = recordOf(content);
  if (typeof release !== 'string' || release === '') return refuse('"release" is no name');
  if (typeof namespace !== 'string' || namespace === '') return refuse('"namespace" is no name');
  if (!Array.isArray(objects)) return refuse('"objects" is no list');
  return { name: release, namespace, directory, objects };
}

/**
 * The releases that were asked for, and those that the charts declare; what was asked for says how a chart is installed that
 * both name.
 */
export function releasesOf(
  asked: readonly ReleaseArgument[],
  declared: readonly ReleaseArgument[],
): readonly ReleaseArgument[] {
  const directories = new Set(asked.map(({ directory }) => resolve(directory)));
  return [...asked, ...declared.filter(({ directory }) => !directories.has(resolve(directory)))];
}

/** Each file of a folder and of those below, by its path relative to it. */
export function textFiles(directory: string): [string, string][] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    return [[path.slice(directory.replace(/\/$/, '').length + 1), readFileSync(path, 'utf8')]];
  });
}
