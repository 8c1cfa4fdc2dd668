import type { Cluster } from './cluster.js';
import { isRecord, type Manifest } from './manifest.js';
import { once } from './once.js';
import type { LabelSelector } from './schemas.js';

// Pods that an operator makes of a custom resource, such as those of a Prometheus: their labels are in no template.

/** Groups of Kubernetes itself: no operator makes pods of their objects. */
const OWN_GROUP = /^[^/.]*(?:\/|$)|^[\w.-]*\.k8s\.io\//;

const operatorObjects = once((cluster): ReadonlyMap<string, readonly Manifest[]> => {
  const objects = new Map<string, Manifest[]>();
  for (const manifest of cluster.manifests) {
    if (OWN_GROUP.test(manifest.apiVersion)) continue;
    const present = objects.get(manifest.namespace);
    if (present) present.push(manifest);
    else objects.set(manifest.namespace, [manifest]);
  }
  return objects;
});

/**
 * Whether an operator may make the pods that a selector asks for: a custom resource of the namespace gives its pods such
 * labels, has a name that the selector asks for, or is of the group that the label's key begins with.
 */
export function mayBeOfOperator(
  cluster: Cluster,
  namespace: string,
  { matchLabels }: LabelSelector,
): boolean {
  const terms = Object.entries(matchLabels);
  return (operatorObjects(cluster).get(namespace) ?? []).some(
    ({ name, apiVersion, content: { spec } }) =>
      terms.some(
        ([key, value]) =>
          value === name || (key.includes('/') && isOfGroup(key.split('/')[0] ?? '', apiVersion)),
      ) || labelsOf(spec).some((labels) => terms.every(([key, value]) => labels[key] === value)),
  );
}

const isOfGroup = (domain: string, apiVersion: string): boolean => {
  const group = apiVersion.split('/')[0] ?? '';
  return group === domain || group.endsWith(`.${domain}`) || domain.endsWith(`.${group}`);
};

/** Where operators let people say the labels of their pods. */
function labelsOf(spec: unknown): readonly Record<string, unknown>[] {
  if (!isRecord(spec)) return [];
  const { podMetadata, podLabels, podTemplate } = spec;
  const templates = [podMetadata, isRecord(podTemplate) ? podTemplate['metadata'] : undefined];
  return [
    ...(isRecord(podLabels) ? [podLabels] : []),
    ...templates.flatMap((each) => (isRecord(each) && isRecord(each['labels']) ? [each['labels']] : [])),
  ];
}
