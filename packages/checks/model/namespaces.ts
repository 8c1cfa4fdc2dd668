import type { Manifest } from './manifest.js';

// Where the objects that name no namespace go. Everything else reads the namespace that is decided here: keys, titles and
// references agree.

/** Kinds without a namespace, of Kubernetes itself and of well-known operators. */
const CLUSTER_WIDE =
  /^(?:Namespace|Node|PersistentVolume|StorageClass|PriorityClass|IngressClass|GatewayClass|RuntimeClass|CustomResourceDefinition|APIService|CSIDriver|CSINode|VolumeSnapshotClass|.*WebhookConfiguration|ValidatingAdmissionPolicy.*|MutatingAdmissionPolicy.*|FlowSchema|PriorityLevelConfiguration|Cluster[A-Z].*)$/;

/** Whether objects of this kind are in a namespace. */
export const isNamespaced = ({ kind }: Pick<Manifest, 'kind'>): boolean => !CLUSTER_WIDE.test(kind);

/** What decides about objects without a namespace. */
export interface Placement {
  /** The namespace that they go to; empty when nobody says one. */
  readonly namespace: string;
  /** Whether somebody said so: the command, or Helm, which installs a release into one namespace. */
  readonly known: boolean;
}

/** What asks the API server's own namespace for a right, and says nothing of where the others go. */
export const isInKubeSystem = ({ kind, namespace }: Pick<Manifest, 'kind' | 'namespace'>): boolean =>
  namespace === 'kube-system' && /^Role(?:Binding)?$/.test(kind);

/** Helm writes the template's path above each object that it renders. */
const isRendered = ({ template }: Manifest): boolean => template !== undefined;

/**
 * Decides it: the namespace that was asked for; else, where only one is named, that one; else `default`, where one of the
 * objects names it; else, in what Helm rendered, the one that most objects name.
 *
 * @param asked - the command's `--namespace`
 */
export function placementOf(manifests: readonly Manifest[], asked?: string): Placement {
  if (asked !== undefined) return { namespace: asked, known: true };
  const counts = new Map<string, number>();
  for (const manifest of manifests) {
    if (manifest.namespace === '' || !isNamespaced(manifest) || isInKubeSystem(manifest)) continue;
    counts.set(manifest.namespace, (counts.get(manifest.namespace) ?? 0) + 1);
  }
  const helm = manifests.some(isRendered);
  const [[only] = [''], ...others] = [...counts].sort(([, left], [, right]) => right - left);
  if (others.length === 0) return { namespace: only, known: helm || only === 'default' };
  if (counts.has('default')) return { namespace: 'default', known: true };
  return helm ? { namespace: only, known: true } : { namespace: '', known: false };
}

/** The objects, each with the namespace that it goes to. */
export const placed = (
  manifests: readonly Manifest[],
  { namespace, known }: Placement,
): readonly Manifest[] =>
  manifests.map((manifest) => {
    const own = isNamespaced(manifest) ? manifest.namespace || namespace : '';
    if (own === manifest.namespace) return manifest;
    return own === '' || known
      ? { ...manifest, namespace: own }
      : { ...manifest, namespace: own, assumed: true };
  });
