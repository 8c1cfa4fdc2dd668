import { randomBytes, randomInt } from 'node:crypto';
import { Problem } from '@cafe-lumiere/runtime/http';

/** Crockford's base 32: no I, L, O or U, so that nobody has to ask "zero or O?" across the counter. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 6;

/**
 * A number such as `K7F-3QX`: short enough to call out, one of 32⁶ ≈ 1.07 thousand million, and not to be guessed from
 * another one, because with it anybody sees how far an order is. Two orders may draw the same; the table refuses the second, and
 * the caller draws again.
 */
export function drawOrderNumber(): string {
  // One draw for all symbols; each takes five of its bits.
  const drawn = randomInt(ALPHABET.length ** LENGTH);
  const symbols = Array.from({ length: LENGTH }, (_, index) =>
    ALPHABET.charAt((drawn >> (5 * index)) & 31),
  ).join('');
  return `${symbols.slice(0, 3)}-${symbols.slice(3)}`;
}

/** What opens an order for its guest. It is shown to nobody else, unlike the number, and 2¹²⁸ are not tried out. */
export const drawToken = (): string => randomBytes(16).toString('base64url');

/** Ours, and the first system's (`CL20260130123456`). */
const ORDER_NUMBER = /^(?:[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}|CL\d{1,30})$/;

/** Whether a string could be an order's number. No word in a path can be one, such as `events` or `..`. */
export const isOrderNumber = (text: string): boolean => ORDER_NUMBER.test(text);

/** A number in a path. @throws Problem 404 for what cannot be one */
export function orderNumberIn(text: string): string {
  if (isOrderNumber(text)) return text;
  throw notFound(text);
}

/** There is no order with this number. */
export const notFound = (orderNumber: string): Problem =>
  new Problem(404, { detail: `There is no order ${orderNumber}.` });
