import { type Manifest, recordOf, recordsIn } from './manifest.js';

// Who deletes objects that are no longer in what it applies, or all of them when it is told to forget them. What is read
// here of an Application, an ApplicationSet and a Kustomization is whether they delete; their sources are somebody else's.

/** One that deletes what it applied, and the annotation that tells it to leave an object alone. */
export interface DeletingController {
  readonly name: 'Argo CD' | 'Flux' | 'Helm';
  /** The annotation, as it is written. */
  readonly keeps: string;
  /** Whether an object tells it so. */
  readonly isTold: (object: Pick<Manifest, 'annotations'>) => boolean;
}

const ARGO_CD: DeletingController = {
  name: 'Argo CD',
  keeps: 'argocd.argoproj.io/sync-options: Prune=false,Delete=false',
  // "confirm" waits for a person who says it.
  isTold: ({ annotations }) => {
    const options = (annotations['argocd.argoproj.io/sync-options'] ?? '')
      .split(',')
      .map((each) => each.trim());
    return ['Prune', 'Delete'].every((deed) =>
      ['false', 'confirm'].some((word) => options.includes(`${deed}=${word}`)),
    );
  },
};

const FLUX: DeletingController = {
  name: 'Flux',
  keeps: 'kustomize.toolkit.fluxcd.io/prune: disabled',
  isTold: ({ annotations }) => /^disabled$/i.test(annotations['kustomize.toolkit.fluxcd.io/prune'] ?? ''),
};

const HELM: DeletingController = {
  name: 'Helm',
  keeps: 'helm.sh/resource-policy: keep',
  isTold: ({ annotations }) => annotations['helm.sh/resource-policy'] === 'keep',
};

/** All that are known. */
export const DELETING_CONTROLLERS: readonly DeletingController[] = [ARGO_CD, FLUX, HELM];

/** An object of a controller that deletes, and whose objects. */
export interface Pointer {
  readonly controller: DeletingController;
  readonly manifest: Manifest;
  /** The folders that it applies; empty when it does not say. */
  readonly paths: readonly string[];
}

/** The object as one that deletes what it applied; nothing when it is none, or when it leaves everything where it is. */
export function toPointer(manifest: Manifest): Pointer | undefined {
  const { apiVersion, kind, content } = manifest;
  const spec = recordOf(content['spec']);
  if (kind === 'Kustomization' && apiVersion.startsWith('kustomize.toolkit.fluxcd.io/')) {
    // Flux 2.4 and later leave it there with "Orphan" when the Kustomization itself goes, but not when the file does.
    return spec['prune'] === true ? { controller: FLUX, manifest, paths: pathsIn([spec]) } : undefined;
  }
  if (!apiVersion.startsWith('argoproj.io/')) return undefined;
  if (kind === 'Application') {
    return prunes(spec) || hasFinalizer(content)
      ? { controller: ARGO_CD, manifest, paths: pathsIn(sourcesOf(spec)) }
      : undefined;
  }
  if (kind !== 'ApplicationSet') return undefined;
  const template = recordOf(spec['template']);
  // Its Applications have the finalizer unless it says that what they made is kept.
  const keeps = recordOf(spec['syncPolicy'])['preserveResourcesOnDeletion'] === true;
  const own = recordOf(template['spec']);
  return prunes(own) || !keeps
    ? { controller: ARGO_CD, manifest, paths: pathsIn(sourcesOf(own)) }
    : undefined;
}

/** Whether it may be this one that applies an object: a folder that it names is where the object was read. */
export function mayApply({ paths }: Pointer, { source }: Manifest): boolean {
  const folders = source.split(/[\\/]/).slice(0, -1);
  // Not from a file, or from one without a folder: nothing speaks against it.
  if (folders.length === 0 || paths.length === 0) return true;
  return paths.some((path) => {
    const wanted = path.split('/').filter((part) => part !== '' && part !== '.');
    // A folder of which a part is filled in later may be any.
    if (wanted.some((part) => part.includes('{{') || part.includes('${'))) return true;
    return folders.some((_, at) => wanted.every((part, index) => folders[at + index] === part));
  });
}

/** Who has applied an object that was read from a cluster, by what it left there. */
export function appliedBy({ annotations, content }: Manifest): readonly DeletingController[] {
  const labels = recordOf(recordOf(content['metadata'])['labels']);
  return [
    ...(annotations['argocd.argoproj.io/tracking-id'] === undefined ? [] : [ARGO_CD]),
    ...(labels['kustomize.toolkit.fluxcd.io/name'] === undefined ? [] : [FLUX]),
  ];
}

const prunes = (spec: Readonly<Record<string, unknown>>): boolean =>
  recordOf(recordOf(spec['syncPolicy'])['automated'])['prune'] === true;

function hasFinalizer(content: Readonly<Record<string, unknown>>): boolean {
  const finalizers = recordOf(content['metadata'])['finalizers'];
  return (
    Array.isArray(finalizers) &&
    finalizers.some((each) => String(each).startsWith('resources-finalizer.argocd.argoproj.io'))
  );
}

function sourcesOf(spec: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  const { sources } = spec;
  return Array.isArray(sources) ? recordsIn(sources) : [recordOf(spec['source'])];
}

const pathsIn = (records: readonly Readonly<Record<string, unknown>>[]): readonly string[] =>
  records.flatMap(({ path }) => (typeof path === 'string' ? [path] : []));
