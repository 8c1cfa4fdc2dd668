import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, PageAnswer, PageRequest } from './browser.js';
import type { Actor } from './records.js';

/** A page goes on for ever; a person does not. Longer than any fault here, in milliseconds. */
const PATIENCE_MS = 120_000;
/** As services/frontend/assets/send-until-answered.js has them, in milliseconds. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 2000;

/** How a page's script takes an answer that is not the expected one. */
export interface Judgement {
  /** Statuses below 500 that pass by themselves, so that the request is sent again. */
  readonly passing: readonly number[];
  /** Whether the answer says that what was asked for is done already. @default - none does */
  readonly isDone?: (answer: PageAnswer) => boolean;
}

/**
 * A click, as the pages' scripts do it: the same request again until it is answered for good, with growing pauses. What
 * passes by itself (nothing, 5xx, 408, 409 and 429 as said) is tried again; any other answer than the right one is what
 * the page shows as an error.
 *
 * @param pressedAt - when the button was pressed, in milliseconds since 1970
 * @returns the right answer, or nothing when the click failed, which is then recorded
 */
export async function click(
  browser: Browser,
  actor: Actor,
  request: PageRequest & { readonly expects: number },
  pressedAt: number,
  { passing, isDone = () => false }: Judgement,
): Promise<PageAnswer | undefined> {
  let saidAfter: number | undefined;
  let attempts = 0;
  const silent = (): void => {
    saidAfter ??= Date.now() - pressedAt;
    attempts += 1;
  };
  for (let round = 1; ; round += 1) {
    attempts += 1;
    const answer = await browser.ask({ ...request, silent });
    const milliseconds = Date.now() - pressedAt;
    saidAfter ??= milliseconds;
    const end = (failure?: string): void => {
      browser.records.clicks.push({
        actor,
        startedAt: pressedAt,
        milliseconds,
        attempts,
        saidAfter: saidAfter ?? milliseconds,
        ...(failure === undefined ? {} : { failure }),
      });
    };
    if (answer && (answer.status === request.expects || isDone(answer))) {
      end();
      return answer;
    }
    const passes = answer === undefined || answer.status >= 500 || passing.includes(answer.status);
    if (!passes) {
      end(`answered ${answer.status}: ${answer.text.slice(0, 300)}`);
      return undefined;
    }
    if (milliseconds > PATIENCE_MS) {
      end(`no good answer in ${attempts} requests`);
      return undefined;
    }
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (round - 1));
    await pause(longest * (0.5 + Math.random() / 2));
  }
}
