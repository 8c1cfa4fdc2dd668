import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parsePostgresqlValues, postgresqlObjects } from '@cafe-lumiere/postgresql';
import { readDirectory, toManifests } from '@cafe-lumiere/checks';
import { topologyOf } from '@cafe-lumiere/checks';
import { topologyMermaid } from '@cafe-lumiere/checks';
import { topologySvg } from '@cafe-lumiere/checks';

/** The café as it is drawn: the same content twice, for what can draw Mermaid and for what cannot. */
export interface Picture {
  readonly mermaid: string;
  readonly svg: string;
}

/** Draws what a folder's manifests and the chart below it make, from the objects that the checks read. */
export function picture(dist: string, release: string): Picture {
  const { manifests } = readDirectory(dist);
  const namespace = manifests.find((manifest) => manifest.namespace !== '')?.namespace ?? 'default';
  const values = parsePostgresqlValues(
    parse(readFileSync(join(dist, 'helm/postgresql/values.yaml'), 'utf8')),
  );
  const database = toManifests(postgresqlObjects({ release, namespace, values }), release);
  const topology = topologyOf([...manifests, ...database]);
  return { mermaid: topologyMermaid(topology, 'guest, cook, screen'), svg: topologySvg(topology) };
}
