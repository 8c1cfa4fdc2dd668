import type { Manifest } from '../../model/manifest.js';
import type { Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/** Kinds without a namespace. */
const CLUSTER_WIDE =
  /^(?:Namespace|Node|PersistentVolume|StorageClass|PriorityClass|IngressClass|RuntimeClass|CustomResourceDefinition|ClusterRole|ClusterRoleBinding|APIService|CSIDriver|.*WebhookConfiguration|ValidatingAdmissionPolicy.*)$/;

/** All objects name their namespace, or none does: the others go wherever kubectl's context points to. */
export const missingNamespace = {
  id: 'CAFE104',
  title: 'An object without a namespace among others that have one',
  problems: (cluster, { releases = [] }) => {
    const rendered = new Set(releases.flatMap(({ manifests }) => manifests));
    const namespaced = cluster.manifests.filter(
      (manifest) => !rendered.has(manifest) && isNamespaced(manifest),
    );
    const named = namespaced.find(({ namespace }) => namespace !== '');
    if (!named) return [];
    return namespaced
      .filter(({ namespace, name }) => namespace === '' && name !== '')
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
const isNamespaced = ({ kind, apiVersion }: Manifest): boolean =>
  !CLUSTER_WIDE.test(kind) &&
  (!apiVersion.includes('/') || /^(?:apps|batch|autoscaling|policy|[a-z.]+\.k8s\.io)\//.test(apiVersion));
