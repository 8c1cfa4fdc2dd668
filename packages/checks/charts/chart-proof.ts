import type { FindingId, Severity } from '../model/finding.js';
import { type Manifest, titleOf } from '../model/manifest.js';
import type { Problem } from '../proofs/proof.js';
import type { Rendering, Renderings } from './renderings.js';

/** A problem of an object, or of the chart itself. */
export interface ChartProblem {
  /** The object that it is about; without one, it is about the chart. */
  readonly manifest?: Manifest;
  readonly rendering?: Rendering;
  readonly problem: Omit<Problem, 'object'>;
}

/** A proof about a chart: it says one thing about its renderings, under an id of its own. */
export interface ChartProof<Id extends FindingId = FindingId> {
  readonly id: Id;
  readonly title: string;
  /** What happens to people where it does not hold, for its page: docs/checks. */
  readonly why: string;
  readonly severity?: Severity;
  readonly problems: (renderings: Renderings) => readonly ChartProblem[];
}

/** What Helm makes only for a moment, or for a test: an upgrade makes it anew. */
export const isHook = ({ annotations }: Manifest): boolean => annotations['helm.sh/hook'] !== undefined;

/** Objects by their titles, hooks left out. */
export const lastingByTitle = ({ manifests }: Rendering): ReadonlyMap<string, Manifest> =>
  new Map(manifests.flatMap((each) => (isHook(each) ? [] : [[titleOf(each), each] as const])));
