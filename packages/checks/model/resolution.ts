import { isIP } from 'node:net';
import { isExternal } from './annotations.js';
import type { Cluster, Typed, Workload } from './cluster.js';
import { isNearly } from './nearest-name.js';
import { type MadeObject, madeObjects } from './made-objects.js';

/** What a host name means to a pod. */
export type Resolution =
  | { readonly kind: 'service'; readonly service: Typed<'Service'> }
  /** A Service that a controller makes. */
  | { readonly kind: 'made'; readonly made: MadeObject }
  /** It looks like a name of this cluster, and no Service has it. */
  | {
      readonly kind: 'missing';
      readonly name: string;
      readonly namespace: string;
      /** The whole host that was meant, where one letter of its namespace or suffix is wrong. */
      readonly likely?: string;
    }
  /** Not this cluster's, or not among these manifests: listed, never guessed about. */
  | { readonly kind: 'foreign'; readonly reason: string };

const CLUSTER_DOMAIN = '.cluster.local';
/** In every cluster. */
const BUILT_IN = new Set(['default/kubernetes', 'kube-system/kube-dns', 'kube-system/metrics-server']);

/**
 * Resolves a host as the cluster's DNS does for a pod: `name`, `name.namespace`, `name.namespace.svc` and
 * `name.namespace.svc.cluster.local`, and a pod's own name below a headless Service. No manifest says what another
 * namespace or the internet holds, so a dotted name counts as the cluster's only when it ends in `.svc` or names a
 * namespace that is here.
 */
export function resolve(
  cluster: Cluster,
  asking: Pick<Workload, 'namespace'> & Partial<Pick<Workload, 'pod'>>,
  host: string,
): Resolution {
  // The pod's own name below its headless Service, which only the pod knows.
  const name = host
    .replace(/\.$/, '')
    .replace(/^\$[({]?\w*(?:POD|HOST)_?NAME[)}]?\./i, 'pod-0.')
    .toLowerCase();
  if (name === 'localhost' || name.startsWith('[') || isIP(name) !== 0) {
    return { kind: 'foreign', reason: 'an address, or the pod itself' };
  }
  if (asking.pod?.hostAliases.some(({ hostnames }) => hostnames.includes(host)) === true) {
    return { kind: 'foreign', reason: 'a host alias of the pod' };
  }
  if (name.includes('$')) return { kind: 'foreign', reason: 'put together at run time' };
  const inCluster = name.endsWith('.svc') || name.endsWith(`.svc${CLUSTER_DOMAIN}`);
  const [, suffix] = /\.svc\.(.+)$/.exec(name) ?? [];
  if (suffix !== undefined && !inCluster && isNearly(suffix, ['cluster.local'])) {
    return {
      kind: 'missing',
      name,
      namespace: asking.namespace,
      likely: name.replace(suffix, 'cluster.local'),
    };
  }
  const labels = name
    .replace(CLUSTER_DOMAIN, '')
    .replace(/\.svc$/, '')
    .split('.');
  if (labels.length === 1) return serviceIn(cluster, labels[0] ?? name, asking.namespace);
  const [first = '', second = '', third] = labels;
  if (labels.length === 2) {
    const behind = cluster.services.get(`${asking.namespace}/${second}`);
    if (!inCluster && behind?.typed.spec.clusterIP === 'None') return { kind: 'service', service: behind };
    if (cluster.pods.inNamespace(second).length > 0 || cluster.services.has(`${second}/${first}`)) {
      return serviceIn(cluster, first, second);
    }
    if (second === asking.namespace) return serviceIn(cluster, first, second);
    if (!inCluster && /-\d+$/.test(first) && isNearly(second, headlessIn(cluster, asking.namespace))) {
      return serviceIn(cluster, second, asking.namespace);
    }
    const meant = namespaceOf(cluster, first, second);
    if (meant !== undefined) {
      return {
        kind: 'missing',
        name: first,
        namespace: second,
        likely: name.replace(`.${second}`, `.${meant}`),
      };
    }
    return {
      kind: 'foreign',
      reason: inCluster
        ? `in the namespace ${second}, which is not among the manifests`
        : 'a name outside the cluster',
    };
  }
  if (
    labels.length === 3 &&
    third !== undefined &&
    (cluster.services.has(`${third}/${second}`) ||
      (/-\d+$/.test(first) && isNearly(second, headlessIn(cluster, third))))
  ) {
    return serviceIn(cluster, second, third);
  }
  return { kind: 'foreign', reason: 'a name outside the cluster' };
}

/** The Services of a namespace below which pods have names of their own. */
const headlessIn = (cluster: Cluster, own: string): readonly string[] =>
  [...cluster.services.values()].flatMap(({ namespace, name, typed }) =>
    namespace === own && typed.spec.clusterIP === 'None' ? [name] : [],
  );

/** The namespace that was meant: one whose name is nearly this one, and which has the Service. */
const namespaceOf = (cluster: Cluster, service: string, written: string): string | undefined =>
  [...cluster.services.values()].find(
    ({ namespace, name }) => name === service && namespace !== written && isNearly(written, [namespace]),
  )?.namespace;

function serviceIn(cluster: Cluster, name: string, namespace: string): Resolution {
  const service = cluster.services.get(`${namespace}/${name}`);
  if (service) return { kind: 'service', service };
  const made = madeObjects(cluster).get(`Service ${namespace}/${name}`);
  if (made) return { kind: 'made', made };
  if (BUILT_IN.has(`${namespace || 'default'}/${name}`) || isExternal(cluster, namespace, 'Service', name)) {
    return { kind: 'foreign', reason: 'made by somebody else' };
  }
  if (cluster.mayBeOfRelease(namespace, name)) {
    return { kind: 'foreign', reason: 'of a chart that was not read' };
  }
  return cluster.services.size === 0
    ? { kind: 'foreign', reason: 'there is no Service at all among the manifests' }
    : { kind: 'missing', name, namespace };
}
