import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { writePostgresqlChart } from './chart.js';
import type { PostgresqlValuesInput } from './values.js';

const named = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.unknown().optional(),
});
/** One object of a rendered chart. */
export type RenderedObject = z.output<typeof named>;

const withHba = z.looseObject({ data: z.looseObject({ 'pg_hba.conf': z.string() }) });

/** What a run of Helm said. */
export interface HelmResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const HELM = process.env['HELM'] ?? 'helm';
/** Whether the real Helm is here; what needs it is left out where it is not. */
export const helmFound = spawnSync(HELM, ['version']).status === 0;

/** Runs Helm. */
export function helm(...words: readonly string[]): HelmResult {
  const { status, stdout, stderr } = spawnSync(HELM, words, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** The chart in a folder, for the real Helm to render. */
export class ChartFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'postgresql-chart-'));
  private readonly made = new Map<string, readonly RenderedObject[]>();

  constructor(values: PostgresqlValuesInput) {
    writePostgresqlChart(this.path, values);
  }

  /** `helm template` of a release. */
  render(release: string, ...words: readonly string[]): HelmResult {
    return helm('template', release, this.path, '--namespace', 'test', ...words);
  }

  /** The objects of a release, of one rendering however often. @throws Error with Helm's words when it refuses, or warns */
  objects(release: string, ...words: readonly string[]): readonly RenderedObject[] {
    const key = JSON.stringify([release, ...words]);
    const objects = this.made.get(key) ?? this.read(release, words);
    this.made.set(key, objects);
    return objects;
  }

  private read(release: string, words: readonly string[]): readonly RenderedObject[] {
    const { stdout, stderr, status } = this.render(release, ...words);
    if (status !== 0 || stderr !== '') throw new Error(`helm template: exit ${String(status)}\n${stderr}`);
    // A template that renders to nothing leaves an empty document.
    const documents = parseAllDocuments(stdout).filter((document) => document.contents !== null);
    return documents.map((document) => named.parse(document.toJS()));
  }

  /** The pg_hba.conf of a release. */
  hba(release: string, ...words: readonly string[]): string {
    const maps = this.objects(release, ...words).filter(({ kind }) => kind === 'ConfigMap');
    const [found] = maps.flatMap((map) => withHba.safeParse(map).data ?? []);
    if (found === undefined) throw new Error(`the release ${release} has no pg_hba.conf`);
    return found.data['pg_hba.conf'];
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
