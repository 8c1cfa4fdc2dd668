import { hash } from 'node:crypto';
import { type FieldError, Problem } from '@cafe-lumiere/runtime/http';
import { menuItemById, toCents, toEuro } from '../menu/menu.js';
import type { OrderRequest } from './order-request.js';
import type { OrderItem } from './order.js';

/** An order that was asked for, with the menu's names and prices. */
export interface PricedOrder {
  readonly customerName: string;
  readonly items: readonly OrderItem[];
  readonly totalCents: number;
}

/**
 * Looks every item up in the menu and computes the total there, in cents. What the client says about prices is checked,
 * never believed.
 *
 * @throws Problem 422 that names each item that is not on the menu or has another price, or the total that disagrees
 */
export function priced(asked: OrderRequest): PricedOrder {
  const errors: FieldError[] = [];
  const items = asked.items.flatMap(({ id, price, quantity }, index): OrderItem[] => {
    const found = menuItemById(id);
    if (!found) {
      errors.push({ path: `items.${index}.id`, message: `${id} is not on the menu` });
      return [];
    }
    if (price !== undefined && !isAmount(price, toCents(found.price))) {
      errors.push({
        path: `items.${index}.price`,
        message: `${found.name} costs ${found.price}, not ${price}`,
      });
    }
    return [{ id, name: found.name, price: found.price, quantity }];
  });
  if (errors.length > 0) throw Problem.invalid(errors);
  const totalCents = items.reduce((sum, { price, quantity }) => sum + toCents(price) * quantity, 0);
  if (asked.total_price !== undefined && !isAmount(asked.total_price, totalCents)) {
    const lines = items.map((item) => `${item.quantity} × ${item.name} at ${item.price}`).join(', ');
    throw Problem.invalid([
      { path: 'total_price', message: `is ${asked.total_price}; ${lines} make ${toEuro(totalCents)}` },
    ]);
  }
  return { customerName: asked.customer_name, items, totalCents };
}

/** Older clients add prices as floating-point numbers: 3 × 4.1 is 12.299999999999999 there. */
const isAmount = (euro: number, cents: number): boolean => Math.abs(euro * 100 - cents) < 0.01;

/** What a key stands for: the same order, whatever the order of the body's members. */
export function fingerprint({ customerName, items }: PricedOrder): string {
  const content = JSON.stringify([customerName, items.map(({ id, quantity }) => [id, quantity])]);
  return hash('sha256', content, 'hex');
}

/** An Idempotency-Key header. @throws Problem 400 when it cannot be one */
export function idempotencyKey(header: string): string | undefined {
  if (header === '') return undefined;
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new Problem(400, {
    detail: 'The Idempotency-Key must be 1 to 255 printable ASCII characters without spaces, such as a UUID.',
  });
}
