import type { Workload } from './cluster.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';

/** One line of arithmetic: what must fit, and into what. */
export interface TimeLine {
  readonly object: string;
  readonly text: string;
  readonly fits: boolean;
}

/** The line with what to say when it does not fit. */
export interface Sum extends TimeLine {
  readonly finding: Finding;
}

/** One line, and the finding that it becomes when it does not fit. */
export function sum(
  workload: Workload,
  text: string,
  fits: boolean,
  id: Finding['id'],
  field: string,
  rest: Pick<Finding, 'found' | 'expected' | 'likely' | 'change'>,
): Sum {
  const object = titleOf(workload);
  return { object, text, fits, finding: { id, severity: 'error', object, field, ...rest } };
}
