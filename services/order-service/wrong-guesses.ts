import type { z } from 'zod';
import type { Deadline } from '@cafe-lumiere/runtime';
import type { Database } from '@cafe-lumiere/runtime/database';
import { Problem } from '@cafe-lumiere/runtime/http';
import type { Turn, turnRequest } from './guess-turn.js';

/** The wrong guesses of all pods of the frontend, by who guessed. How slow they are made, the frontend says. */
export class WrongGuesses {
  constructor(private readonly database: Database) {}

  /**
   * Gives a guess its turn, behind all others of the same client, and counts it as a wrong one beforehand: whoever goes away
   * before the answer has guessed as well.
   *
   * @throws Problem 429 when the last turn is further away than the patience; then it does not count
   */
  async take(
    { client, delaysMs, patienceMs }: z.output<typeof turnRequest>,
    deadline?: Deadline,
  ): Promise<Turn> {
    // None is ever given further away than this: such a row is from before somebody has set the clock back.
    const furthestMs = patienceMs + Math.max(...delaysMs);
    const [given] = await this.database.run(
      (sql) => sql<Turn[]>`
        insert into wrong_guesses as known (client, wrong, turn_at)
        values (${client}, 1, now() + ${delaysMs[0]} * interval '1 ms')
        on conflict (client) do update set
          wrong = known.wrong + 1,
          turn_at = greatest(now(), case when known.turn_at <= now() + ${patienceMs} * interval '1 ms' then known.turn_at end)
            + (${sql.json(delaysMs)} -> least(known.wrong, ${delaysMs.length - 1}))::int * interval '1 ms'
        where known.turn_at <= now() + ${patienceMs} * interval '1 ms'
          or known.turn_at > now() + ${furthestMs} * interval '1 ms'
        returning wrong, ceil(extract(epoch from turn_at - now()) * 1000)::int as "waitMs"`,
      { deadline },
    );
    if (given) return given;
    throw new Problem(429, {
      detail: 'Too many guesses of this client wait for their turn. Try again in a moment.',
      headers: { 'Retry-After': '5' },
    });
  }

  /** Begins anew with a client that has given the right password. */
  async forget(client: string, deadline?: Deadline): Promise<void> {
    await this.database.run((sql) => sql`delete from wrong_guesses where client = ${client}`, { deadline });
  }
}
