import { HEADERS } from '@cafe-lumiere/contract';
import { Problem } from '../problem.js';

/** Why a request was not begun: too many wait, it has waited for too long, or nobody waits for its answer any more. */
export type ShedReason = 'full' | 'waited' | 'deadline';

/**
 * 503 for a request that was not begun, because there is more to do than can be done. It says so: whoever would send it again
 * at once, or to another pod, would only make it worse.
 */
export class OverloadProblem extends Problem {
  constructor(readonly reason: ShedReason) {
    super(503, {
      detail: 'There is more to do than can be done just now. Try again in a moment.',
      headers: {
        // Seconds; not the same for all who were refused together.
        [HEADERS.retryAfter]: String(1 + Math.floor(Math.random() * 3)),
        [HEADERS.overloaded]: 'true',
      },
    });
    this.name = 'OverloadProblem';
  }
}
