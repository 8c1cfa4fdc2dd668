import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { isRecord, type Manifest, type Unreadable } from '../model/manifest.js';
import { isNamespaced } from '../model/namespaces.js';
import type { Release, UnknownRelease } from '../model/release.js';
import type { Objects } from './directory.js';
import { type Read, readTarget, type Unrendered } from './input.js';
import { helmfilePointers, isPointer, type Pointed, type Pointer, pointersOf } from './pointers.js';
import { chartsBelow, declaredReleases, readRelease, type ReleaseArgument } from './releases.js';
import { Repository } from './repository.js';

/** The objects, those that they point to among them. */
export interface WithPointedTo extends Objects {
  /** What they say is installed. */
  readonly releases: readonly Release[];
  /** What is there, or pointed to, and was not read, a line each. */
  readonly notRead: readonly string[];
  /** Charts among that. */
  readonly unknownReleases: readonly UnknownRelease[];
}

/**
 * Reads what these objects point to in their repository, and what that points to, each once. A Helmfile, which is no object,
 * is read as what it points to.
 *
 * It is the same repository when its URL is that of one of the working copy's remotes. A working copy that has no remote
 * cannot say so: there, it is the same when the folder is in it.
 *
 * @param targets - what they were read from, which is not read again
 * @param recursive - whether the folders below were read as well
 * @param known - releases of which somebody else says how they are installed
 */
export function withPointedTo(
  given: Read,
  targets: readonly string[],
  recursive: boolean,
  known: readonly ReleaseArgument[],
): WithPointedTo {
  const looked = targets.flatMap((target) =>
    target !== '-' && statSync(target).isDirectory() ? [{ directory: target, recursive }] : [],
  );
  const reader = new Reader(given, looked, known);
  for (const { source } of given.unreadable.filter(isHelmfile)) reader.readHelmfile(source);
  reader.follow(given.manifests);
  return reader.result();
}

const isHelmfile = ({ source }: Unreadable): boolean => /^helmfile.*\.ya?ml$/.test(basename(source));

interface Place {
  readonly directory: string;
  readonly recursive: boolean;
}

class Reader {
  private readonly manifests: Manifest[];
  private readonly unreadable: Unreadable[];
  private readonly releases: Release[] = [];
  private readonly notRead: string[] = [];
  private readonly unknownReleases: UnknownRelease[] = [];
  private unrendered: readonly Unrendered[];
  private readonly installed: ReleaseArgument[] = [];
  private readonly repositories = new Map<string, Repository>();

  constructor(
    given: Read,
    private readonly looked: Place[],
    private readonly known: readonly ReleaseArgument[],
  ) {
    this.manifests = [...given.manifests];
    this.unreadable = given.unreadable.filter((each) => !isHelmfile(each));
    this.unrendered = given.unrendered;
  }

  result(): WithPointedTo {
    const { manifests, unreadable, releases, notRead, unknownReleases, unrendered } = this;
    const installed = [...this.known, ...this.installed];
    const others = unrendered.filter(({ directory }) => !installed.some(isOf(directory)));
    const lines = others.map(({ directory, kind }) => `${directory} is a ${kind}: cafe check ${directory}`);
    return { manifests, unreadable, releases, unknownReleases, notRead: [...notRead, ...lines] };
  }

  readHelmfile(file: string): void {
    const repository = this.repositoryOf(file);
    try {
      const pointers = helmfilePointers(file, parse(readFileSync(file, 'utf8')), repository);
      for (const pointed of pointers) this.take(file, pointed, repository);
    } catch {
      this.notRead.push(
        `${file} is a template, which only helmfile renders: helmfile template | cafe check -`,
      );
    }
  }

  follow(manifests: readonly Manifest[]): void {
    for (const manifest of manifests.filter(isPointer)) {
      const by = `${manifest.kind} ${manifest.name}`;
      const source = manifest.source.replace(/^(?:kubectl kustomize|helm template) /, '');
      const repository = this.repositoryOf(source);
      for (const pointed of pointersOf(manifest, manifests, repository)) this.take(by, pointed, repository);
    }
  }

  private repositoryOf(source: string): Repository {
    const known = this.repositories.get(dirname(source));
    if (known) return known;
    const repository = Repository.of(source);
    this.repositories.set(dirname(source), repository);
    return repository;
  }

  private take(by: string, pointed: Pointed, repository: Repository): void {
    const why = 'why' in pointed ? pointed.why : this.problemOf(pointed, repository);
    if (why === undefined) return;
    this.notRead.push(`${by}: ${why}`);
    const { release, namespace, values } = pointed;
    const override = isRecord(values?.inline) ? values.inline['fullnameOverride'] : undefined;
    for (const name of [release, override]) {
      if (typeof name === 'string' && name !== '') this.unknownReleases.push({ name, namespace });
    }
  }

  /** Reads it; or says why not. */
  private problemOf(pointer: Pointer, repository: Repository): string | undefined {
    const { path, url } = pointer;
    const of = url === undefined ? path : `${path} of ${url}`;
    if (url !== undefined && !repository.mayBe(url)) return `${of}, which is no remote of this repository.`;
    const directory = repository.folder(path);
    if (directory === undefined) return `${of}, which is in no repository here.`;
    try {
      if (existsSync(join(directory, 'Chart.yaml'))) this.install(directory, pointer, repository);
      else this.apply(directory, pointer);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private install(
    directory: string,
    { release: name, namespace = 'default', values }: Pointer,
    repository: Repository,
  ): void {
    if (this.looked.some((place) => isIn(directory, place) === 'itself')) return;
    const files = (values?.files ?? []).map((file) => repository.folder(file) ?? file);
    this.add({ name, namespace, directory, values: values && { ...values, files } });
  }

  private add(release: ReleaseArgument): void {
    const isIt = ({ name, namespace }: ReleaseArgument): boolean =>
      name === release.name && namespace === release.namespace;
    const isOfChart = isOf(release.directory);
    if (this.known.some(isOfChart) || this.installed.some((each) => isOfChart(each) && isIt(each))) return;
    this.installed.push(release);
    const read = readRelease(release);
    this.releases.push(read);
    this.follow(read.manifests);
  }

  private apply(directory: string, { recursive = false, namespace, overrides = false }: Pointer): void {
    const isNew = this.unrendered.some(isOf(directory));
    if (!isNew && this.looked.some((place) => isIn(directory, place) !== undefined)) return;
    this.looked.push({ directory, recursive });
    const { manifests, unreadable, unrendered } = readTarget(directory, recursive);
    const placed = manifests.map((manifest) =>
      namespace !== undefined && (overrides || manifest.namespace === '') && isNamespaced(manifest)
        ? { ...manifest, namespace }
        : manifest,
    );
    this.manifests.push(...placed);
    this.unreadable.push(...unreadable);
    this.unrendered = [...this.unrendered, ...unrendered].filter((each) => !isOf(directory)(each));
    for (const release of declaredReleases(chartsBelow(directory))) {
      this.add(release);
    }
    this.follow(placed);
  }
}

const isOf =
  (folder: string) =>
  ({ directory }: { readonly directory: string }): boolean =>
    resolve(directory) === resolve(folder);

/** Whether a folder is one that is looked at, or one below that is looked at with it. */
function isIn(directory: string, place: Place): 'itself' | 'below' | undefined {
  const path = relative(resolve(place.directory), resolve(directory));
  if (path === '') return 'itself';
  return place.recursive && !path.startsWith('..') ? 'below' : undefined;
}
