import { endsWithin } from '../deadline.js';

/** How a second question is asked. */
export interface HedgeOptions<Answer> {
  /** Milliseconds of silence after which a second one is asked: gRPC's `hedgingDelay`. */
  readonly delayMs: number;
  /** Asked just before it: whether there may be one. */
  readonly allowed: () => boolean;
  /** Whether another answer, which may still come, is better than this one: gRPC's `nonFatalStatusCodes`. */
  readonly nonFatal: (answer: Answer) => boolean;
}

/**
 * Asks, and when nobody answers for a while, asks once more beside it; the first good answer counts, and the other question is
 * given up. Behind a name are several pods, and one of them may have lost its power. "Hedged requests" in
 * https://research.google/pubs/the-tail-at-scale/.
 *
 * Why not give up the first one: whoever is silent may also be waiting for something that will be there in time, and where no
 * second question is allowed, there would be none at all.
 *
 * @param ask - begins a question; the signal says that its answer is not needed any more
 * @throws what the first question failed with, when none is answered
 */
export async function hedged<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  { delayMs, allowed, nonFatal }: HedgeOptions<Answer>,
): Promise<Answer> {
  const over = new AbortController();
  const first = ask(over.signal);
  if ((await endsWithin(first, delayMs)) || !allowed()) return first;
  const both = [first, ask(over.signal)];
  const good = both.map(async (question) => {
    const answer = await question;
    if (nonFatal(answer)) throw new Error('another answer would be better');
    return answer;
  });
  try {
    return await Promise.any(good).catch(() => Promise.any(both).catch(() => first));
  } finally {
    over.abort();
  }
}
