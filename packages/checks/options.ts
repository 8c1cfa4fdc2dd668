import type { Cluster } from './cluster.js';
import type { Finding } from './finding.js';
import type { Manifest, Unreadable } from './manifest.js';

/** A Helm release that the manifests rely on. */
export interface Release {
  readonly name: string;
  /** The chart's name, as in its Chart.yaml. */
  readonly chart: string;
  /** The chart's files by relative path, for what no rendered object shows. */
  readonly files: ReadonlyMap<string, string>;
  /** What its values.yaml holds. */
  readonly values: unknown;
  /** What the release puts into the cluster. */
  readonly manifests: readonly Manifest[];
  /** Whether Helm itself rendered them; else they are what the chart's naming rule says. */
  readonly rendered: boolean;
}

/** What the checks know besides the objects. */
export interface CheckOptions {
  readonly releases?: readonly Release[];
  /** What was in the files and is no object. */
  readonly unreadable?: readonly Unreadable[];
  /** The same manifests as they were committed, for fields that an `apply` cannot change. */
  readonly previous?: readonly Manifest[];
  /**
   * When the browser's page gives up, in milliseconds: the first caller of all, and in no manifest.
   * @default 6000, REQUEST_LIMIT in services/frontend/assets/live.js
   */
  readonly pageTimeoutMs?: number;
}

/** One proof: what is wrong with these objects. It reads nothing else. */
export type Check = (cluster: Cluster, options: CheckOptions) => Finding[];
