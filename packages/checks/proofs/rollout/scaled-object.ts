import type { Cluster } from '../../model/cluster.js';
import { hostsIn } from '../../model/connection-strings.js';
import { isRecord, type Manifest, titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import { resolve } from '../../model/resolution.js';
import { type ScaledObject, scaledObjects, type Trigger } from '../../model/scaled-objects.js';
import type { Problem } from '../proof.js';
import { isPresent } from '../references/references.js';

/** What is wrong with KEDA's objects, which scale as autoscalers do. */
export const scaledObjectProblems = (cluster: Cluster): readonly Problem[] => [
  ...scaledObjects(cluster).flatMap((scaled) => [
    ...target(cluster, scaled),
    ...scaled.triggers.flatMap((trigger) => [
      ...addresses(cluster, scaled.manifest, trigger),
      ...authentication(cluster, scaled.manifest, trigger),
    ]),
  ]),
  ...cluster.manifests.flatMap((manifest) => secrets(cluster, manifest)),
];

function target(cluster: Cluster, { manifest, target: wanted }: ScaledObject): Problem[] {
  if (!wanted || isPresent(cluster, { ...wanted, namespace: manifest.namespace })) return [];
  const { kind, name } = wanted;
  return [missing(cluster, manifest, 'spec.scaleTargetRef.name', kind, name, 'it never scales')];
}

function authentication(
  cluster: Cluster,
  manifest: Manifest,
  { index, authentication: wanted }: Trigger,
): Problem[] {
  if (!wanted || isPresent(cluster, { ...wanted, namespace: manifest.namespace })) return [];
  const { kind, name } = wanted;
  const field = `spec.triggers[${index}].authenticationRef.name`;
  return [missing(cluster, manifest, field, kind, name, 'the trigger cannot log in')];
}

/** A TriggerAuthentication's Secrets and ConfigMaps. */
function secrets(cluster: Cluster, manifest: Manifest): Problem[] {
  const { apiVersion, kind, content } = manifest;
  if (!apiVersion.startsWith('keda.sh/') || kind !== 'TriggerAuthentication' || !isRecord(content['spec']))
    return [];
  const { spec } = content;
  return (['Secret', 'ConfigMap'] as const).flatMap((wanted) => {
    const list = wanted === 'Secret' ? 'secretTargetRef' : 'configMapTargetRef';
    const references = Array.isArray(spec[list]) ? (spec[list] as readonly unknown[]) : [];
    return references.flatMap((reference, index): Problem[] => {
      const name = isRecord(reference) ? reference['name'] : undefined;
      if (
        typeof name !== 'string' ||
        isPresent(cluster, { kind: wanted, namespace: manifest.namespace, name })
      ) {
        return [];
      }
      return [
        missing(cluster, manifest, `spec.${list}[${index}].name`, wanted, name, 'the trigger cannot log in'),
      ];
    });
  });
}

/** KEDA asks from a namespace of its own; a Service that no namespace has is there for nobody. */
const addresses = (cluster: Cluster, manifest: Manifest, { index, metadata }: Trigger): Problem[] =>
  metadata.flatMap(([name, value]) =>
    hostsIn(value).flatMap(({ host }): Problem[] => {
      const resolution = resolve(cluster, { namespace: manifest.namespace }, host);
      if (resolution.kind !== 'missing') return [];
      const likely =
        resolution.likely ??
        nearest(
          resolution.name,
          [...cluster.services.values()].flatMap((each) =>
            each.namespace === resolution.namespace ? [each.name] : [],
          ),
        );
      if (likely === undefined) return [];
      return [
        {
          object: titleOf(manifest),
          field: `spec.triggers[${index}].metadata.${name}`,
          found: value,
          expected: `a Service that is there; without an answer it never scales`,
          likely,
          change: `set the host to ${likely}`,
        },
      ];
    }),
  );

function missing(
  cluster: Cluster,
  manifest: Manifest,
  field: string,
  kind: string,
  name: string,
  result: string,
): Problem {
  const { namespace } = manifest;
  const likely = nearest(
    name,
    cluster.manifests.flatMap((each) =>
      each.kind === kind && each.namespace === namespace ? [each.name] : [],
    ),
  );
  return {
    // Somebody else may make it; a name that is nearly another one is wrong.
    severity: likely === undefined ? 'risk' : 'broken',
    object: titleOf(manifest),
    field,
    found: `${titleOf({ kind, namespace, name })}, which is not among the manifests`,
    expected: `one that is there; without it ${result}`,
    likely,
    change: `set the name to ${likely ?? 'one that is there'}`,
  };
}
