import type { LiveCluster } from './live-cluster.js';

/** Helm's own record of a release: the Secret of its newest revision. */
export interface HelmRelease {
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  /** Such as `deployed`, `failed` or `pending-upgrade`. */
  readonly status: string;
  /** When this revision began. */
  readonly at: string;
  /** Of what is not deployed, why not, in Helm's words. */
  readonly said: string;
}

/** What every object that Helm makes carries. */
export const RELEASE_NAME = 'meta.helm.sh/release-name';

/** The newest revision of each release. */
export function helmReleases({ secrets }: LiveCluster): readonly HelmRelease[] {
  const newest = new Map<string, HelmRelease>();
  for (const { type, metadata, said } of secrets) {
    const { labels, namespace, creationTimestamp: at } = metadata;
    const { name, status, version } = labels;
    if (type !== 'helm.sh/release.v1' || name === undefined || status === undefined) continue;
    const revision = Number(version);
    const key = `${namespace}/${name}`;
    if (revision > (newest.get(key)?.revision ?? 0)) {
      newest.set(key, { namespace, name, revision, status, at, said });
    }
  }
  return [...newest.values()];
}

/** The Services of Helm's making in a namespace that have a port, each with its release. */
export function servicesOfReleases(
  cluster: LiveCluster,
  namespace: string,
  port: number | undefined,
): readonly { readonly release: string; readonly service: string }[] {
  return cluster.services.flatMap(({ metadata, spec }) => {
    const release = metadata.annotations[RELEASE_NAME];
    const isIt = metadata.namespace === namespace && spec.ports.some((each) => each.port === port);
    return release !== undefined && isIt && spec.clusterIP !== 'None'
      ? [{ release, service: metadata.name }]
      : [];
  });
}
