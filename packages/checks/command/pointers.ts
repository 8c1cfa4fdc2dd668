import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isRecord, type Manifest } from '../model/manifest.js';

/** What an object of Argo CD or Flux says is to be applied. */
interface Pointer {
  /** The object that says it. */
  readonly by: Manifest;
  readonly url: string;
  /** From the repository's root; nothing for what is no folder of a git repository, such as a chart of a registry. */
  readonly path: string | undefined;
  readonly recursive: boolean;
  /** Where its objects go that name no namespace. */
  readonly namespace: string | undefined;
  /** As what a chart is installed, and whether with values of its own. */
  readonly release: string;
  readonly hasValues: boolean;
}

/** A folder of this repository that another file says is to be applied. */
export interface Source extends Pick<Pointer, 'recursive' | 'namespace' | 'release'> {
  readonly directory: string;
  readonly isChart: boolean;
}

/** Where some objects point to. */
export interface Sources {
  readonly sources: readonly Source[];
  /** What is somewhere else, a line each. */
  readonly notRead: readonly string[];
}

/**
 * The folders that Argo CD's Applications and Flux's Kustomizations and HelmReleases say are to be applied, where they are in
 * the same repository as the file that says so.
 *
 * It is the same repository when its URL is that of one of the working copy's remotes. A working copy that has no remote
 * cannot say so: there, it is the same when the folder is in it. A chart with values of its own is not read, since
 * nothing here renders it with them.
 *
 * @param manifests - read from files; the standard input is in no repository
 */
export function sourcesOf(manifests: readonly Manifest[]): Sources {
  const sources: Source[] = [];
  const notRead: string[] = [];
  for (const pointer of manifests.flatMap((manifest) => pointersOf(manifest, manifests))) {
    const found = inRepository(pointer);
    if (typeof found === 'string') notRead.push(`${pointer.by.kind} ${pointer.by.name}: ${found}`);
    else sources.push(found);
  }
  return { sources, notRead };
}

function inRepository({ by, url, path, hasValues, ...known }: Pointer): Source | string {
  if (path === undefined) return `${url} is no folder of a git repository.`;
  if (!existsSync(by.source)) return `${by.source} is in no git repository that ${path} could be in.`;
  const root = git(dirname(by.source), 'rev-parse', '--show-toplevel');
  if (root === undefined) return `${by.source} is in no git repository that ${path} could be in.`;
  const remotes = (git(root, 'config', '--get-regexp', String.raw`^remote\..*\.url$`) ?? '')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? []);
  if (remotes.length > 0 && !remotes.some((remote) => repositoryOf(remote) === repositoryOf(url))) {
    return `${path} of ${url}, which is no remote of this repository.`;
  }
  const directory = join(root, path);
  if (relative(root, directory).startsWith('..') || !existsSync(directory)) {
    return `${path} of ${url}, which is not in this repository.`;
  }
  const isChart = existsSync(join(directory, 'Chart.yaml'));
  if (isChart && hasValues) return `${path} is a chart, which is installed with other values than its own.`;
  const short = relative(process.cwd(), directory);
  return { ...known, directory: short === '' ? '.' : short, isChart };
}

function pointersOf(manifest: Manifest, all: readonly Manifest[]): readonly Pointer[] {
  const { apiVersion, kind, content } = manifest;
  const [group] = apiVersion.split('/');
  const spec = recordOf(content['spec']);
  if (group === 'argoproj.io' && kind === 'Application') {
    const listed = Array.isArray(spec['sources']) ? spec['sources'] : [spec['source']];
    return listed.filter(isRecord).map((source) => argoPointer(manifest, spec, source));
  }
  const named = { by: manifest, namespace: textIn(spec, 'targetNamespace') };
  if (group === 'kustomize.toolkit.fluxcd.io' && kind === 'Kustomization') {
    const source = fluxSource(manifest, recordOf(spec['sourceRef']), all);
    const path = source.isGit ? (textIn(spec, 'path') ?? '.') : undefined;
    return [{ ...named, url: source.url, path, recursive: true, release: manifest.name, hasValues: false }];
  }
  if (group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease') {
    const chart = recordOf(recordOf(spec['chart'])['spec']);
    const source = fluxSource(manifest, recordOf(chart['sourceRef'] ?? spec['chartRef']), all);
    const namespace = named.namespace ?? manifest.namespace;
    const usual = named.namespace === undefined ? manifest.name : `${named.namespace}-${manifest.name}`;
    return [
      {
        by: manifest,
        url: source.url,
        path: source.isGit ? textIn(chart, 'chart') : undefined,
        recursive: false,
        namespace,
        release: textIn(spec, 'releaseName') ?? usual,
        hasValues: [spec['values'], spec['valuesFrom'], chart['valuesFiles']].some(Boolean),
      },
    ];
  }
  return [];
}

function argoPointer(
  by: Manifest,
  spec: Readonly<Record<string, unknown>>,
  source: Readonly<Record<string, unknown>>,
): Pointer {
  const helm = recordOf(source['helm']);
  const chart = textIn(source, 'chart');
  const url = textIn(source, 'repoURL') ?? 'a source without repoURL';
  return {
    by,
    url: chart === undefined ? url : `the chart ${chart} of ${url}`,
    path: chart === undefined ? textIn(source, 'path') : undefined,
    recursive: recordOf(source['directory'])['recurse'] === true,
    namespace: textIn(recordOf(spec['destination']), 'namespace'),
    release: textIn(helm, 'releaseName') ?? by.name,
    hasValues: ['values', 'valuesObject', 'valueFiles', 'parameters', 'fileParameters'].some((field) =>
      Boolean(helm[field]),
    ),
  };
}

/** The source that an object of Flux names; only those that are read beside it have an address. */
function fluxSource(
  by: Manifest,
  reference: Readonly<Record<string, unknown>>,
  all: readonly Manifest[],
): { readonly url: string; readonly isGit: boolean } {
  const kind = textIn(reference, 'kind') ?? 'source';
  const name = textIn(reference, 'name') ?? '';
  const namespace = textIn(reference, 'namespace') ?? by.namespace;
  const source = all.find((one) => one.kind === kind && one.name === name && one.namespace === namespace);
  const url = source && textIn(recordOf(source.content['spec']), 'url');
  return { url: url ?? `the ${kind} ${name}`, isGit: kind === 'GitRepository' && url !== undefined };
}

/** A URL as the repository that it names, however it is reached: `https://`, `ssh://` and `git@host:` are one. */
const repositoryOf = (url: string): string =>
  url
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/^([^/:]+):(?:\d+\/)?/, '$1/')
    .replace(/\/*(?:\.git)?\/*$/, '')
    .toLowerCase();

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

const textIn = (record: Readonly<Record<string, unknown>>, field: string): string | undefined => {
  const value = record[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** What git says in a folder; nothing when it fails. */
function git(directory: string, ...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', ['-C', directory, ...words], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
