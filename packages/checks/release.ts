import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHART_NAME, parsePostgresqlValues, postgresqlObjects } from '@cafe-lumiere/postgresql';
import { documentsOf, isRecord, type Manifest, toManifests } from './manifest.js';
import type { Release } from './options.js';

/** `--release NAME=chartdir`. */
export interface ReleaseArgument {
  readonly name: string;
  readonly directory: string;
}

/**
 * What a release of a chart puts into the cluster: what `helm template` renders, or, without Helm and for our own
 * chart, what its naming rule says.
 *
 * @throws Error when the chart cannot be read or rendered
 */
export function readRelease({ name, directory }: ReleaseArgument, namespace: string): Release {
  const files = new Map(textFiles(directory));
  const about: unknown = parse(files.get('Chart.yaml') ?? '');
  if (!isRecord(about) || typeof about['name'] !== 'string') {
    throw new Error(
      `--release ${name}=${directory}: there is no Chart.yaml with a name. Name the folder of a Helm chart.`,
    );
  }
  const chart = about['name'];
  const values: unknown = parse(files.get('values.yaml') ?? '{}');
  const helm = spawnSync('helm', ['template', name, directory, '--namespace', namespace], {
    encoding: 'utf8',
  });
  if (helm.error) {
    if (chart !== CHART_NAME) {
      throw new Error(
        `--release ${name}=${directory}: Helm is not installed, and only the chart ${CHART_NAME} is known without it.`,
      );
    }
    const objects = postgresqlObjects({ release: name, namespace, values: parsePostgresqlValues(values) });
    const manifests = toManifests(objects, `the release ${name} (by the chart's naming rule)`);
    return { name, chart, files, values, manifests, rendered: false };
  }
  if (helm.status !== 0) {
    throw new Error(`--release ${name}=${directory}: helm template failed: ${helm.stderr.trim()}`);
  }
  const manifests = documentsOf(helm.stdout, `the release ${name}`).flatMap((document) =>
    'manifest' in document ? [placed(document.manifest, namespace)] : [],
  );
  return { name, chart, files, values, manifests, rendered: true };
}

/** Many charts name no namespace; Helm puts their objects into the release's. */
const placed = (manifest: Manifest, namespace: string): Manifest =>
  manifest.namespace === '' ? { ...manifest, namespace } : manifest;

/** Each file of a folder and of those below, by its path relative to it. */
export function textFiles(directory: string): [string, string][] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    return [[path.slice(directory.replace(/\/$/, '').length + 1), readFileSync(path, 'utf8')]];
  });
}
