import type { Cluster } from './cluster.js';

// What a manifest says to the checks, in annotations of its own metadata (not of a pod template, where a change would
// restart pods).

/** Objects that somebody else makes, for the whole namespace: `Secret/cafe-secrets, ConfigMap/ca-bundle`. */
export const EXTERNAL = 'cafe-check/external';
/** Services that the readiness probe's answer depends on, separated by commas. */
export const READINESS_REACHES = 'cafe-check/readiness-reaches';
/** Services that the liveness probe's answer depends on: there should be none. */
export const LIVENESS_REACHES = 'cafe-check/liveness-reaches';
/** Connections to its store that one pod holds at most, where no variable says it. */
export const CONNECTIONS = 'cafe-check/connections';
/** Prefix of a waiver: `cafe-check/waive.CAFE031: the reason`. */
export const WAIVE = 'cafe-check/waive.';

const externals = new WeakMap<Cluster, ReadonlySet<string>>();

/** Whether an object of the namespace declares that this one comes from elsewhere. */
export function isExternal(cluster: Cluster, namespace: string, kind: string, name: string): boolean {
  let declared = externals.get(cluster);
  if (!declared) {
    declared = new Set(
      cluster.manifests.flatMap((manifest) =>
        listed(manifest.annotations[EXTERNAL]).map((entry) => `${manifest.namespace} ${entry}`),
      ),
    );
    externals.set(cluster, declared);
  }
  return declared.has(`${namespace} ${kind}/${name}`);
}

/** The entries of a list with commas. */
export const listed = (text = ''): string[] => text.split(',').flatMap((entry) => entry.trim() || []);
