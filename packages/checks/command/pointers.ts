import { dirname } from 'node:path';
import type { ChartValues } from '../charts/helm.js';
import { type Manifest, recordOf, recordsIn } from '../model/manifest.js';
import { generated } from './generated-applications.js';
import type { Repository } from './repository.js';

/** What an object says is to be applied, and where that stands. */
export interface Pointer {
  /** The repository; nothing for the one that the object is in. */
  readonly url?: string | undefined;
  /** From the repository's top. */
  readonly path: string;
  readonly recursive?: boolean;
  /** Where its objects go. */
  readonly namespace?: string | undefined;
  /** Whether they go there although they name another namespace. */
  readonly overrides?: boolean;
  /** As what a chart is installed. */
  readonly release: string;
  readonly values?: ChartValues;
}

/** What is not here. */
export interface Elsewhere extends Pick<Pointer, 'namespace'> {
  /** The end of a line such as `Application shop: `. */
  readonly why: string;
  /** As what it is installed, when it is a chart: its objects are called so. */
  readonly release?: string | undefined;
  readonly values?: Pick<ChartValues, 'inline'>;
}

/** What an object points to. */
export type Pointed = Pointer | Elsewhere;

type Fields = Readonly<Record<string, unknown>>;

/** What is known where a pointer is read. */
interface Context {
  readonly manifest: Manifest;
  readonly spec: Fields;
  readonly all: readonly Manifest[];
  readonly repository: Repository;
}

/** What points to sources, by kind and group. */
const KINDS: Readonly<Record<string, (context: Context) => readonly Pointed[]>> = {
  'Application.argoproj.io': ({ manifest, spec }) => application(manifest.name, spec),
  'ApplicationSet.argoproj.io': ({ manifest, spec, repository }) =>
    generated(spec, repository).flatMap((made) =>
      typeof made === 'string' ? [{ why: made }] : application(made.name || manifest.name, made.spec),
    ),
  'Kustomization.kustomize.toolkit.fluxcd.io': ({ manifest, spec, all }) =>
    fluxSource(manifest, recordOf(spec['sourceRef']), all, {
      path: text(spec['path']) ?? '.',
      recursive: true,
      namespace: text(spec['targetNamespace']),
      overrides: true,
      release: manifest.name,
    }),
  'HelmRelease.helm.toolkit.fluxcd.io': ({ manifest, spec, all }) => {
    const chart = recordOf(recordOf(spec['chart'])['spec']);
    const target = text(spec['targetNamespace']);
    const pointer = {
      path: text(chart['chart']) ?? '.',
      namespace: target ?? manifest.namespace,
      release: text(spec['releaseName']) ?? [target, manifest.name].filter(Boolean).join('-'),
      values: { files: texts(chart['valuesFiles']), inline: spec['values'], set: [] },
    };
    if (spec['valuesFrom'] !== undefined) return [{ ...pointer, why: 'its values are in other objects.' }];
    return fluxSource(manifest, recordOf(chart['sourceRef'] ?? spec['chartRef']), all, pointer);
  },
};

/**
 * What an object of Argo CD or Flux says is to be applied.
 *
 * @param all - the objects beside it, for the sources of Flux
 */
export function pointersOf(
  manifest: Manifest,
  all: readonly Manifest[],
  repository: Repository,
): readonly Pointed[] {
  const context = { manifest, spec: recordOf(manifest.content['spec']), all, repository };
  return KINDS[kindOf(manifest)]?.(context) ?? [];
}

/** Whether an object is of a kind that points to sources. */
export const isPointer = (manifest: Manifest): boolean => kindOf(manifest) in KINDS;

const kindOf = ({ kind, apiVersion }: Manifest): string => `${kind}.${apiVersion.split('/')[0] ?? ''}`;

/** The releases of a Helmfile, as far as their charts are folders. */
export function helmfilePointers(file: string, content: unknown, repository: Repository): readonly Pointed[] {
  const fields = recordOf(content);
  const here = (path: string): string => repository.pathOf(dirname(file), path);
  return recordsIn(fields['releases']).flatMap((release): readonly Pointed[] => {
    if (release['installed'] === false) return [];
    const chart = text(release['chart']) ?? '';
    const values = Array.isArray(release['values']) ? (release['values'] as readonly unknown[]) : [];
    const inline = recordsIn(values).flatMap((each) => Object.entries(each));
    const pointer = {
      path: here(chart),
      release: text(release['name']) ?? '',
      namespace:
        text(release['namespace']) ?? text(recordOf(fields['helmDefaults'])['namespace']) ?? 'default',
      values: {
        files: texts(values).map(here),
        inline: inline.length === 0 ? undefined : Object.fromEntries(inline),
        set: settings(release['set']),
      },
    };
    return /^\.{0,2}\//.test(chart) ? [pointer] : [{ ...pointer, why: `the chart ${chart} is no folder.` }];
  });
}

function application(name: string, spec: Fields): readonly Pointed[] {
  const sources = Array.isArray(spec['sources']) ? recordsIn(spec['sources']) : recordsIn([spec['source']]);
  return sources.flatMap((source): readonly Pointed[] => {
    const url = text(source['repoURL']);
    const [chart, path] = [text(source['chart']), text(source['path'])];
    // Others take their files of values from it.
    if (path === undefined && source['ref'] !== undefined) return [];
    const helm = recordOf(source['helm']);
    const files = texts(helm['valueFiles']);
    const pointer = {
      url,
      path: path ?? '.',
      recursive: recordOf(source['directory'])['recurse'] === true,
      namespace: text(recordOf(spec['destination'])['namespace']),
      release: text(helm['releaseName']) ?? name,
      values: {
        files: files.map((file) => (file.startsWith('/') ? file : `${path ?? '.'}/${file}`)),
        inline: helm['valuesObject'] ?? helm['values'],
        set: settings(helm['parameters']),
      },
    };
    const why =
      chart !== undefined
        ? `the chart ${chart} of ${url ?? 'nowhere'} is no folder of a git repository.`
        : path === undefined
          ? 'it has no path.'
          : path.includes('{{')
            ? `${path} is put together by its generator.`
            : files.some((file) => file.startsWith('$')) || helm['fileParameters'] !== undefined
              ? `the values of ${path} are of another source.`
              : undefined;
    return [why === undefined ? pointer : { ...pointer, why }];
  });
}

/** A folder of the source that an object of Flux names; only those that are read beside it have an address. */
function fluxSource(
  by: Manifest,
  reference: Fields,
  all: readonly Manifest[],
  pointer: Pointer,
): readonly Pointed[] {
  const [kind = 'source', name = ''] = [text(reference['kind']), text(reference['name'])];
  const namespace = text(reference['namespace']) ?? by.namespace;
  if (kind !== 'GitRepository') return [{ ...pointer, why: `the ${kind} ${name} is no git repository.` }];
  const source = all.find((one) => one.kind === kind && one.name === name && one.namespace === namespace);
  const url = source && text(recordOf(source.content['spec'])['url']);
  // "flux bootstrap" calls the repository so in which it writes itself.
  if (url === undefined && name !== 'flux-system') {
    return [{ ...pointer, why: `the ${kind} ${name} is not among these objects.` }];
  }
  return [{ ...pointer, url }];
}

const settings = (list: unknown): readonly string[] =>
  recordsIn(list).flatMap(({ name, value }) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [`${text(name) ?? ''}=${String(value)}`]
      : [],
  );

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.flatMap((each) => text(each) ?? []) : [];
