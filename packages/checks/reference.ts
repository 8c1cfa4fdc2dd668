import type { Cluster, Workload } from './cluster.js';
import { isExternal } from './declared.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';

/** In every namespace without anybody's doing. */
const BUILT_IN = new Set(['ServiceAccount default', 'ConfigMap kube-root-ca.crt']);

/** The object is there, and has the key. */
export function key(
  cluster: Cluster,
  workload: Workload,
  field: string,
  kind: 'ConfigMap' | 'Secret',
  name: string,
  wanted: string,
): Finding[] {
  const { namespace } = workload;
  const missing = object(cluster, workload, field, kind, name);
  if (missing.length > 0) return missing;
  const present =
    kind === 'ConfigMap'
      ? cluster.configMaps.get(`${namespace}/${name}`)?.typed
      : cluster.secrets.get(`${namespace}/${name}`)?.typed;
  // Declared to come from elsewhere: its keys are not known here.
  if (!present) return [];
  const others = 'binaryData' in present ? present.binaryData : present.stringData;
  const there = [
    ...Object.keys(present.data),
    ...Object.keys(typeof others === 'object' && others !== null ? others : {}),
  ];
  if (there.includes(wanted)) return [];
  const likely = nearest(wanted, there);
  return [
    referenceFinding(workload, 'CAFE022', field, {
      found: `key ${wanted} of ${kind} ${namespace}/${name}`,
      expected: `a key that it has: ${there.join(', ') || 'it is empty'}; without it the container does not start (CreateContainerConfigError)`,
      likely,
      change: `refer to ${likely ?? 'one of those'}, or add ${wanted} to ${kind} ${name}`,
    }),
  ];
}

/** The object is there, or declared to come from elsewhere. */
export function object(
  cluster: Cluster,
  workload: Workload,
  field: string,
  kind: string,
  name: string,
): Finding[] {
  const { namespace } = workload;
  if (cluster.find(kind, namespace, name) || BUILT_IN.has(`${kind} ${name}`)) return [];
  if (isExternal(cluster, namespace, kind, name)) return [];
  const same = cluster.manifests.filter((each) => each.kind === kind);
  const likely = nearest(
    name,
    same.flatMap((each) => (each.namespace === namespace ? [each.name] : [])),
  );
  const elsewhere = same.find((each) => each.name === name);
  return [
    referenceFinding(workload, 'CAFE021', field, {
      found: `${kind} ${namespace}/${name}, which is not among the manifests`,
      expected: `an object that is there${elsewhere ? `; the one of the namespace ${elsewhere.namespace} cannot be used from here` : ''}, or one that is declared to come from elsewhere`,
      likely,
      change: `name ${likely ?? 'one that is there'}, add it, or annotate the ${workload.kind} with cafe-check/external: ${kind}/${name} if somebody else makes it`,
    }),
  ];
}

/** A finding about a field of the pod. */
export const referenceFinding = (
  workload: Workload,
  id: Finding['id'],
  field: string,
  rest: Pick<Finding, 'found' | 'expected' | 'likely' | 'change'>,
): Finding => ({
  id,
  severity: 'error',
  object: titleOf(workload),
  field: `${workload.podPath}.${field}`,
  ...rest,
});
