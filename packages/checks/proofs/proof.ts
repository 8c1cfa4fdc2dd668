import type { Cluster } from '../model/cluster.js';
import type { Finding, FindingId, Severity } from '../model/finding.js';
import type { MadeObjects } from '../model/made-objects.js';
import type { Manifest, Unreadable } from '../model/manifest.js';
import type { Release, UnknownRelease } from '../model/release.js';

/** What the proofs know besides the objects that `kubectl apply` is given. */
export interface CheckOptions {
  /** The Helm releases that the objects rely on. @default - none */
  readonly releases?: readonly Release[];
  /** Releases of charts that are not here, such as those that Argo CD and Flux install: what they make is not missing. @default - none */
  readonly unknownReleases?: readonly UnknownRelease[];
  /** Where the objects go that name no namespace, as in `kubectl -n`. @default - the one that the others name */
  readonly namespace?: string | undefined;
  /** What controllers make, besides what the checks know of well-known ones. @default - nothing */
  readonly makes?: MadeObjects | undefined;
  /** What was in the files and is no object. @default - nothing */
  readonly unreadable?: readonly Unreadable[];
  /** The same objects as they were committed, for fields that an `apply` cannot change. @default - not known */
  readonly previous?: readonly Manifest[];
  /** What `previous` is. @default the committed version */
  readonly previousName?: string | undefined;
}

/** One place where a proof does not hold. It is of the proof's level, unless it says another. */
export interface Problem
  extends Omit<Finding, 'id' | 'severity' | 'also'>, Partial<Pick<Finding, 'severity'>> {
  /** Where it is mended, when that is another object: `ConfigMap shop/config, data.nginx.conf, line 3`. */
  readonly origin?: string | undefined;
  /** What problems of several objects have in common, such as the Service that is not there: they are one finding. */
  readonly cause?: string | undefined;
}

/** What a problem says besides its place. */
export type Explanation = Omit<Problem, 'object' | 'field'>;

/** One proof: it says one thing about a set of objects, under an id of its own. */
export interface Proof<Id extends FindingId = FindingId> {
  readonly id: Id;
  /** What is wrong where it does not hold, in one line. */
  readonly title: string;
  /** What happens to people where it does not hold, for its page: docs/checks. */
  readonly why: string;
  /** How bad a place is that does not say it by itself. @default broken */
  readonly severity?: Severity;
  /** Every place where it does not hold. It reads nothing but what it is given. */
  readonly problems: (cluster: Cluster, options: CheckOptions) => readonly Problem[];
}
