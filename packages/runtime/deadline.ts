import { Problem } from './http/problem.js';

/** A moment on the clock of `performance.now()`, in milliseconds, after which nobody waits for the answer any more. */
export type Deadline = number;

/**
 * The result of what `begin` begins, when it comes before the deadline. What comes later is ignored: nobody is there to
 * be told.
 *
 * @param begin - is not called at all when the deadline is over
 * @param deadline - @default - none
 * @throws Problem 503 with `Retry-After` at the deadline
 */
export async function beforeDeadline<Result>(
  begin: () => Promise<Result>,
  deadline?: Deadline,
): Promise<Result> {
  if (deadline === undefined) return begin();
  const milliseconds = deadline - performance.now();
  if (milliseconds <= 0) throw noTimeLeft();
  return within(begin(), milliseconds, noTimeLeft);
}

/** The result, when it comes within the milliseconds. @throws what `late` says otherwise; what comes later is ignored */
export async function within<Result>(
  work: PromiseLike<Result>,
  milliseconds: number,
  late: () => Error,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      // It may still fail, long after anybody listens.
      void Promise.resolve(work).catch(() => undefined);
      fail(late());
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
  return within(work.then(ended, ended), milliseconds, () => new Error('late')).catch(() => false);
}

const noTimeLeft = (): Problem =>
  Problem.unavailable('There was no answer in the time that the caller gave us. Try again in a moment.');
