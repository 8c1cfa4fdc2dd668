import type { Manifest } from '../../model/manifest.js';
import { isInKubeSystem, isNamespaced } from '../../model/namespaces.js';
import type { Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/** All objects name their namespace, or none does: the others go wherever kubectl's context points to. */
export const missingNamespace = {
  id: 'CAFE104',
  severity: 'risk',
  title: 'An object without a namespace among others that have one',
  why: 'It goes to the namespace of whoever applies it, and what refers to it looks in its own.',
  problems: (cluster, { releases = [], namespace }) => {
    if (namespace !== undefined) return [];
    const rendered = new Set(releases.flatMap(({ manifests }) => manifests));
    const namespaced = cluster.manifests.filter(
      (manifest) => !rendered.has(manifest) && isOfKubernetes(manifest) && isNamespaced(manifest),
    );
    const unnamed = ({ namespace, assumed }: Manifest): boolean => namespace === '' || assumed === true;
    const named = namespaced.find((manifest) => !unnamed(manifest) && !isInKubeSystem(manifest));
    if (!named) return [];
    return namespaced
      .filter((manifest) => unnamed(manifest) && manifest.name !== '')
      .map((manifest) =>
        objectProblem(manifest, 'metadata.namespace', {
          found: 'nothing',
          expected: `a namespace, as the others have: this object goes to the one of kubectl's context, where nobody looks for it`,
          likely: named.namespace,
          change: `set metadata.namespace to ${named.namespace}`,
        }),
      );
  },
} as const satisfies Proof;

/** Of Kubernetes itself; who has written a custom resource knows whether it has a namespace. */
const isOfKubernetes = ({ apiVersion }: Manifest): boolean =>
  !apiVersion.includes('/') || /^(?:apps|batch|autoscaling|policy|[a-z.]+\.k8s\.io)\//.test(apiVersion);
