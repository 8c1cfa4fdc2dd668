import { z } from 'zod';
import type { Deadline } from '@cafe-lumiere/runtime';
import type { Database } from '@cafe-lumiere/runtime/database';
import { Problem } from '@cafe-lumiere/runtime/http';

/** Longer than anybody should wait, and short enough for PostgreSQL's whole numbers. */
const LONGEST_MS = 86_400_000;
const milliseconds = z
  .int('must be a whole number of milliseconds')
  .min(0, 'must not be negative')
  .max(LONGEST_MS, `must be at most ${LONGEST_MS}`);

/** Who guesses: a digest, because nobody needs to know here where it was. */
const client = z.string('must be a string').regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url');

/** What is asked before a password is looked at. */
export const turnRequest = z.object(
  {
    client,
    /** Before a guess, by how many wrong ones in a row were before it; the last is for all that follow. */
    delaysMs: z.tuple([milliseconds], milliseconds, 'must be an array with at least one number'),
    /** How far away the last turn may be when one more is given. */
    patienceMs: milliseconds,
  },
  'must be an object',
);

/** When the guess may be looked at, and how many wrong ones in a row there are when it is one. */
export const turn = z.object({ wrong: z.int().min(1), waitMs: z.int().min(0) });
export type Turn = z.output<typeof turn>;

/** What is said after the right password. */
export const forgotten = z.object({ client, wrong: z.literal(0, 'must be 0') }, 'must be an object');

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
