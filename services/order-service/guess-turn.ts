import { z } from 'zod';

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
