import { isRecord, titleOf } from '../../model/manifest.js';
import { nearest } from '../../model/nearest-name.js';
import { references } from '../../proofs/references/references.js';
import type { LiveCluster, LiveWorkload } from '../model/live-cluster.js';
import type { Cause, Evidence } from './cause.js';

/** Reads the kubelet's sentence about an object or a key that is not there. */
export function absence(
  cluster: LiveCluster,
  { namespace, title }: LiveWorkload,
  said: string,
  evidence: Evidence,
): Cause | undefined {
  const key = /couldn't find key (\S+) in (ConfigMap|Secret) ([\w.-]+)\/([\w.-]+)/.exec(said);
  if (key) {
    const [, wanted = '', kind = '', , name = ''] = key;
    return missingKey(cluster, { namespace, title, kind, name, key: wanted }, [evidence]);
  }
  const item = /references non-existent (?:secret|config) key: (\S+)/.exec(said);
  if (item) {
    const reference = references(cluster.declared).find(
      (each) => titleOf(each.workload) === title && each.key === item[1],
    );
    return (
      reference &&
      missingKey(
        cluster,
        { namespace, title, kind: reference.kind, name: reference.name, key: item[1] ?? '' },
        [evidence],
      )
    );
  }
  const object = /(configmap|secret) "([^"]+)" not found/i.exec(said);
  if (!object) return undefined;
  const kind = object[1]?.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
  return missingObject(cluster, { namespace, title, kind, name: object[2] ?? '' }, [evidence]);
}

interface Wanted {
  readonly namespace: string;
  /** Of the workload that wants it. */
  readonly title: string;
  readonly kind: string;
  readonly name: string;
}

/** An object that is not there, with the one that was probably meant. */
export function missingObject(
  cluster: LiveCluster,
  { namespace, title, kind, name }: Wanted,
  evidence: readonly Evidence[],
): Cause {
  const likely = cluster.nearestName(kind, namespace, name);
  // Without it the API server admits no pod at all.
  const isOfAdmission = kind === 'ServiceAccount' || kind === 'PriorityClass';
  return {
    code: kind === 'PersistentVolumeClaim' ? 'CAFE241' : isOfAdmission ? 'CAFE215' : 'CAFE231',
    verdict: 'proven',
    key: isOfAdmission ? `${namespace} ${kind} ${name}` : `${kind} ${namespace}/${name}`,
    sentence: `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}, which ${title} reads, is not there${likely === undefined ? '' : `; ${likely} is, and is probably meant`}`,
    evidence,
    breaks: [title],
    mend:
      likely !== undefined
        ? `name ${likely} in ${title}, or make ${kind} ${name}`
        : kind === 'Secret'
          ? `kubectl -n ${namespace} create secret generic ${name} --from-literal=KEY=VALUE`
          : kind === 'ConfigMap'
            ? `kubectl -n ${namespace} create configmap ${name} --from-literal=KEY=VALUE`
            : `kubectl apply -f   # the manifest of ${kind} ${namespace}/${name}`,
  };
}

/** A key that is not there, with those that are. */
export function missingKey(
  cluster: LiveCluster,
  { namespace, title, kind, name, key }: Wanted & { readonly key: string },
  evidence: readonly Evidence[],
): Cause {
  const present = keysOf(cluster, kind, namespace, name);
  const likely = nearest(key, present ?? []);
  return {
    code: 'CAFE232',
    verdict: 'proven',
    key: `${kind} ${namespace}/${name} ${key}`,
    sentence: `${kind} ${namespace}/${name} has no key ${key}, which ${title} reads${present === undefined ? '' : `; it has ${present.join(', ') || 'none'}`}`,
    evidence,
    breaks: [title],
    mend:
      likely === undefined
        ? `add ${key} to ${kind} ${namespace}/${name}`
        : `read ${likely} in ${title}, or rename that key in ${kind} ${name} to ${key}`,
  };
}

/** The keys of an object, if it was read. */
export function keysOf(
  cluster: LiveCluster,
  kind: string,
  namespace: string,
  name: string,
): readonly string[] | undefined {
  const object = cluster.find(kind, namespace, name);
  return (
    object &&
    [object['data'], object['binaryData']].flatMap((data) => (isRecord(data) ? Object.keys(data) : []))
  );
}
