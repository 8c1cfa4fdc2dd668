import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { NAMESPACE, RELEASE } from '../cluster.js';
import { run } from '../command.js';

const manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});
/** One object, as much of it as is looked at here. */
export type Manifest = z.output<typeof manifest>;

const statefulSet = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({ containers: z.tuple([z.object({ image: z.string() })]).rest(z.unknown()) }),
    }),
  }),
});

/** The objects of a text with several documents. */
export const parseManifests = (text: string): readonly Manifest[] =>
  parseAllDocuments(text)
    .map((document) => manifest.nullable().parse(document.toJS()))
    .filter((object) => object !== null);

/** Applies several objects as one. @param options - of `kubectl apply` */
export const apply = (items: readonly Manifest[], options = ''): Promise<string> =>
  run(`kubectl -n ${NAMESPACE} apply ${options} -f -`, {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });

/** What the environment's manifests say of its database. */
export class CafeManifests {
  private readonly all: readonly Manifest[];

  /** @param folder - that `make synth` wrote */
  constructor(private readonly folder: string) {
    this.all = parseManifests(readFileSync(join(folder, 'deployments.yaml'), 'utf8'));
  }

  /** Who runs the database in these. */
  get mode(): 'chart' | 'cluster' | 'external' {
    if (this.all.some(({ kind }) => kind === 'Cluster')) return 'cluster';
    return existsSync(this.chart) ? 'chart' : 'external';
  }

  /** The folder of the chart. */
  get chart(): string {
    return join(this.folder, 'helm/postgresql');
  }

  /** The image of the database's server. @throws Error where somebody else runs it */
  async image(): Promise<string> {
    const cluster = this.all.find(({ kind }) => kind === 'Cluster');
    if (cluster !== undefined)
      return z.looseObject({ imageName: z.string() }).parse(cluster['spec']).imageName;
    const set = parseManifests(await run(`helm template ${RELEASE} ${this.chart} --no-hooks`)).find(
      ({ kind }) => kind === 'StatefulSet',
    );
    return statefulSet.parse(set).spec.template.spec.containers[0].image;
  }

  /** The operator's objects, and what they need. */
  get cluster(): readonly Manifest[] {
    const cluster = this.all.find(({ kind }) => kind === 'Cluster')?.metadata.name ?? '';
    return this.all.filter(
      ({ kind, metadata: { name } }) =>
        name === cluster || (kind === 'Secret' && name === `${cluster}-owner`),
    );
  }

  /** The Service that the services know; the chart brings its own. */
  get service(): Manifest | undefined {
    return this.all.find(({ kind, metadata: { name } }) => kind === 'Service' && name === RELEASE);
  }

  /** Who may reach whom. */
  get policies(): readonly Manifest[] {
    return this.all.filter(({ kind }) => kind === 'NetworkPolicy');
  }
}
