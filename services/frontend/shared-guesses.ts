import type { Logger } from '@cafe-lumiere/runtime';
import type { z } from 'zod';
import { errorMessage } from '@cafe-lumiere/runtime/network';
import type { Upstream, UpstreamRequest } from '@cafe-lumiere/runtime/upstream';
import { forgotten, type Turn, turn } from '../order-service/guess-turn.js';
import type { SharedGuesses } from './guesses.js';
import { LIMITS } from './limits.js';

const PATH = '/guesses';

/** The count that order-service keeps. The way into the kitchen does not depend on it: whoever gets no answer does without. */
export class OrderServiceGuesses implements SharedGuesses {
  private alone = false;

  constructor(
    private readonly orders: Pick<Upstream, 'name' | 'request'>,
    private readonly log: Logger,
  ) {}

  async take(client: string): Promise<Turn | 'too many' | undefined> {
    const { guessDelaysMs: delaysMs, guessPatienceMs: patienceMs } = LIMITS;
    return this.ask({ method: 'POST', path: PATH, body: { client, delaysMs, patienceMs } }, turn);
  }

  async forget(client: string): Promise<void> {
    await this.ask({ method: 'PUT', path: PATH, body: { client, wrong: 0 } }, forgotten);
  }

  private async ask<Answer>(
    call: UpstreamRequest,
    schema: z.ZodType<Answer>,
  ): Promise<Answer | 'too many' | undefined> {
    try {
      const { status, bytes } = await this.orders.request({ ...call, remainingMs: LIMITS.guessAnswerMs });
      // An older one, during a rollout.
      if (status === 404) return undefined;
      if (status !== 200 && status !== 429) throw new Error(`${this.orders.name} answered ${status}`);
      const answer = status === 429 ? 'too many' : schema.parse(JSON.parse(bytes.toString()));
      this.note(false, 'wrong passwords are counted over all pods again');
      return answer;
    } catch (error) {
      this.note(true, `wrong passwords are counted by this pod alone: ${errorMessage(error)}`);
      return undefined;
    }
  }

  /** Said once, not for each guess. */
  private note(alone: boolean, message: string): void {
    if (alone === this.alone) return;
    this.alone = alone;
    this.log[alone ? 'warn' : 'info']({ dependency: this.orders.name }, message);
  }
}
