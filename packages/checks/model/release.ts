import type { Manifest } from './manifest.js';

/** A Helm release that the manifests rely on. */
export interface Release {
  readonly name: string;
  /** The chart's name, as in its Chart.yaml. */
  readonly chart: string;
  /** The chart's files by relative path, for what no rendered object shows. */
  readonly files: ReadonlyMap<string, string>;
  /** What its values.yaml holds. */
  readonly values: unknown;
  /** What the release puts into the cluster, each object in the release's namespace or in one of its own. */
  readonly manifests: readonly Manifest[];
  /** Whether Helm itself rendered them; else they are what the program that wrote the chart says. */
  readonly rendered: boolean;
}

/** A release of a chart that is not here: what it makes begins with its name. */
export interface UnknownRelease {
  readonly name: string;
  /** Nothing where nobody says it: it may be any. */
  readonly namespace?: string | undefined;
}
