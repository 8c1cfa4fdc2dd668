import { UnavailableError } from './unavailable.js';

/** A moment on the clock of `performance.now()`, in milliseconds, after which nobody waits for the answer any more. */
export type Deadline = number;

/** There was no answer in time. */
export class DeadlineError extends UnavailableError {
  readonly code = 'DEADLINE';

  /** @param milliseconds - how long was waited; 0 when there was no time left, and nothing was begun */
  constructor(readonly milliseconds: number) {
    super(
      'There was no answer in the time that the caller gave us. Try again in a moment.',
      milliseconds > 0
        ? `no answer within ${Math.round(milliseconds)} ms`
        : 'no time was left to begin anything',
    );
    this.name = 'DeadlineError';
  }
}

/** The moment that is so many milliseconds from now. */
export const deadlineIn = (milliseconds: number): Deadline => performance.now() + milliseconds;

/** Milliseconds until the deadline; 0 when it is over. */
export const remainingMs = (deadline: Deadline): number => Math.max(0, deadline - performance.now());

/**
 * The result of what `begin` begins, when it comes before the deadline. What comes later is ignored: nobody is there to
 * be told.
 *
 * @param begin - is not called at all when the deadline is over
 * @param deadline - @default - none
 * @throws DeadlineError at the deadline
 */
export async function beforeDeadline<Result>(
  begin: () => Promise<Result>,
  deadline?: Deadline,
): Promise<Result> {
  if (deadline === undefined) return begin();
  const milliseconds = remainingMs(deadline);
  if (milliseconds === 0) throw new DeadlineError(0);
  return within(begin(), milliseconds);
}

/** The result, when it comes within the milliseconds; what comes later is ignored. @throws DeadlineError otherwise */
export async function within<Result>(work: PromiseLike<Result>, milliseconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      // It may still fail, long after anybody listens.
      void Promise.resolve(work).catch(() => undefined);
      fail(new DeadlineError(milliseconds));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the work ends within the milliseconds, well or not. */
export async function endsWithin(work: PromiseLike<unknown>, milliseconds: number): Promise<boolean> {
  const ended = (): true => true;
  return within(work.then(ended, ended), milliseconds).catch(() => false);
}
