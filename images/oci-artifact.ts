import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { archive } from './archive.js';

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** What a registry keeps under its digest. */
export interface Content {
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
}

/** One layer with its configuration, and the manifest that names both. */
export interface Artifact {
  readonly config: Content;
  readonly layer: Content;
  readonly manifest: Content;
}

/** The manifests of a folder, and not what is below it, as Flux takes them: https://fluxcd.io/flux/cheatsheets/oci-artifacts/ */
export function manifestsArtifact(folder: string): Artifact {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const files = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
  if (files.size === 0) throw new Error(`${folder} has no manifests; "make synth" writes them`);
  refuseMovableImages(folder, files);
  return artifact(
    content('application/vnd.cncf.flux.config.v1+json', '{}'),
    content('application/vnd.cncf.flux.content.v1.tar+gzip', archive(files)),
  );
}

/** What is published by its digest runs the same tomorrow. */
function refuseMovableImages(folder: string, files: ReadonlyMap<string, Buffer>): void {
  for (const [name, text] of files) {
    const movable = [...text.toString().matchAll(/^\s*(?:- )?image: "?([^"\s]+)/gm)]
      .map(([, image = '']) => image)
      .find((image) => !image.includes('@sha256:'));
    if (movable !== undefined) {
      throw new Error(
        `${join(folder, name)} names the image ${movable}, whose tag can be another image tomorrow. "make images push synth" pins ours by their digests, "make pin synth" those of others.`,
      );
    }
  }
}

const chartFile = z.looseObject({ name: z.string(), version: z.string() });

/** A Helm chart's folder as `helm push` pushes it: https://helm.sh/docs/topics/registries/ */
export function chartArtifact(folder: string): Artifact & z.output<typeof chartFile> {
  const chart = chartFile.parse(parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8')));
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => [[chart.name, ...relative(folder, path).split(sep)].join('/'), readFileSync(path)]),
  );
  return {
    ...artifact(
      content('application/vnd.cncf.helm.config.v1+json', JSON.stringify(chart)),
      content('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive(files)),
    ),
    name: chart.name,
    version: chart.version,
  };
}

function artifact(config: Content, layer: Content): Artifact {
  const described = ({ mediaType, digest, bytes }: Content) => ({ mediaType, digest, size: bytes.length });
  const manifest = content(
    MANIFEST_TYPE,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: described(config),
      layers: [described(layer)],
    }),
  );
  return { config, layer, manifest };
}

function content(mediaType: string, of: string | Buffer): Content {
  const bytes = Buffer.from(of);
  return { mediaType, bytes, digest: digestOf(bytes) };
}

export const digestOf = (bytes: Buffer): string => `sha256:${hash('sha256', bytes, 'hex')}`;
