// What a manifest says to the checks, in annotations of its own metadata (not of a pod template, where a change would
// restart pods).

/** Objects that somebody else makes, for the whole namespace: `Secret/shop-secrets, ConfigMap/ca-bundle`. */
export const EXTERNAL = 'cafe-check/external';
/** Services that the readiness probe's answer depends on, separated by commas. */
export const READINESS_REACHES = 'cafe-check/readiness-reaches';
/** Services that the liveness probe's answer depends on: there should be none. */
export const LIVENESS_REACHES = 'cafe-check/liveness-reaches';
/** Connections to its store that one pod holds at most, where no variable says it. */
export const CONNECTIONS = 'cafe-check/connections';
/** Milliseconds after which clients outside the cluster give a request up, such as a page in a browser. */
export const CLIENT_TIMEOUT = 'cafe-check/client-timeout-ms';
/** Prefix of a waiver: `cafe-check/waive.CAFE031: the reason`. */
export const WAIVE = 'cafe-check/waive.';
