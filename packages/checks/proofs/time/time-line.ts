import type { Cluster, Workload } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import type { Explanation, Problem, Proof } from '../proof.js';

/** One line of arithmetic: what must fit, and into what. */
export interface TimeLine {
  readonly object: string;
  readonly text: string;
  readonly fits: boolean;
  /** What to say when it does not fit. */
  readonly problem: Problem;
}

/** A proof that adds times up. */
export interface TimeProof extends Proof {
  /** Every line that it adds up, also those that fit. */
  readonly lines: (cluster: Cluster) => readonly TimeLine[];
}

/** A line about a workload. */
export function timeLine(
  workload: Workload,
  text: string,
  fits: boolean,
  field: string,
  explanation: Explanation,
): TimeLine {
  const object = titleOf(workload);
  return { object, text, fits, problem: { object, field, ...explanation } };
}

/** A proof about lines: each of them fits. */
export const timeProof = <const Id extends Proof['id']>(
  about: Pick<Proof<Id>, 'id' | 'title' | 'why' | 'severity'> & Pick<TimeProof, 'lines'>,
): Proof<Id> & TimeProof & { readonly id: Id } => ({
  ...about,
  problems: (cluster) => about.lines(cluster).flatMap(({ fits, problem }) => (fits ? [] : [problem])),
});
