import { z } from 'zod';
import { unseenIn } from './visible-text.js';

/** More than any guest orders; less than hurts. */
export const LIMITS = { nameLength: 100, lines: 50, quantity: 99 } as const;

// PostgreSQL cannot store a NUL, nor half of a surrogate pair, and a line break in a name breaks the board.
const name = z
  .string({ error: 'must be a string' })
  .trim()
  .min(1, 'must not be empty')
  .max(LIMITS.nameLength, `must have at most ${LIMITS.nameLength} characters`)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters')
  .regex(/^\P{Cs}*$/u, 'must not contain half of a character (a lone surrogate)')
  .superRefine((text, context) => {
    const unseen = unseenIn(text);
    if (unseen !== undefined) context.addIssue(`must not contain ${unseen}`);
  });

const line = z.object({
  id: z.int('must be a whole number, an id of the menu'),
  name: z.string('must be a string').optional(),
  price: z.number('must be a number, in euro').optional(),
  quantity: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(LIMITS.quantity, `must be at most ${LIMITS.quantity}`),
});

/** The body of POST /orders. */
export const orderRequest = z.object(
  {
    customer_name: name,
    items: z
      .array(line, 'must be an array')
      .min(1, 'must have at least one item')
      .max(LIMITS.lines, `must have at most ${LIMITS.lines} items`),
    total_price: z.number('must be a number, in euro').optional(),
  },
  'must be an object',
);

/** An order as it is asked for. */
export type OrderRequest = z.output<typeof orderRequest>;
