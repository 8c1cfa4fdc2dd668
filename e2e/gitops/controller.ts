import type { Journal } from '../journal.js';
import type { PlacedOrders } from './orders.js';
import type { Pointer } from './pointers.js';

/** Where a controller reads manifests, as these tests change it. */
export interface ManifestSource {
  /** As the cluster reaches it; what gitops/ has in its place is the file's own. */
  readonly url: string;
  /** Whether the cluster reaches it without TLS. */
  readonly insecure: boolean;
  /** What a controller calls its newest state ends with this: a commit, or a digest. */
  readonly revision: string;
  /** The database's chart, in words of `helm install`. */
  readonly chart: string;
  /** Brings the whole `dist` there, or what another folder of the workspace has in the place of its own. */
  bringDist(message: string, manifests?: string): Promise<void>;
  /** Brings a `dist` from which every manifest is gone, the Namespace as well; something is in it, or it were an error. */
  bringNothing(message: string): Promise<void>;
  /** Takes away what can be. */
  end(): Promise<void>;
}

/** What a controller's scenarios are given. */
export interface Surroundings {
  /** Those of its objects whose kind the cluster knows. */
  readonly pointers: readonly Pointer[];
  readonly source: ManifestSource;
  readonly workspace: string;
}

/** A controller that applies what a source has. */
export interface GitOps {
  readonly title: string;
  /** The kinds without which it is not there. */
  readonly needs: readonly string[];
  /** What runs it. */
  readonly itself: { readonly namespace: string; readonly workloads: readonly string[] };
  /** A source with the `dist` of the workspace. */
  readonly begin: (journal: Journal, workspace: string) => Promise<ManifestSource>;
  /** What is told it. */
  readonly pointers: (source: ManifestSource) => readonly Pointer[];
  /** Tells it, and waits until everything is there. */
  readonly install: (journal: Journal, surroundings: Surroundings) => Promise<void>;
  /** It looks at its source now, and not when the interval is over. */
  readonly lookAgain: (surroundings: Surroundings) => Promise<void>;
  /** Waits until it says that exactly the newest of its source is applied and healthy. */
  readonly applied: (surroundings: Surroundings) => Promise<void>;
  /** Takes away what it was told in several orders, and tells it again. */
  readonly deletions: (journal: Journal, surroundings: Surroundings, orders: PlacedOrders) => Promise<void>;
}

/** Of what no manifest is left in. */
export const nothing = (namespace: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: nothing, namespace: ${namespace} }\n`;
