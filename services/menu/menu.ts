import { z } from 'zod';
import menuJson from './menu.json' with { type: 'json' };

/** The categories, in the order in which the page shows them. */
export const CATEGORIES = ['coffee', 'pastry', 'icecream', 'pizza', 'sandwich', 'dessert'] as const;
export type Category = (typeof CATEGORIES)[number];

/** An item as menu.json has it. */
export const menuItem = z.strictObject({
  id: z.int().positive(),
  name: z.string().min(1),
  /** In euro, as the contract's clients know it. */
  price: z.number().positive(),
  category: z.enum(CATEGORIES),
  icon: z.string().min(1),
});

/** One thing that can be ordered. Its id, name and price are part of the contract: older clients order by them. */
export type MenuItem = z.output<typeof menuItem>;

/** Euro as integer cents: sums of prices are exact in cents and not in euro. */
export function toCents(euro: number): number {
  return Math.round(euro * 100);
}

/** Cents as euro, as JSON answers have it. */
export function toEuro(cents: number): number {
  return cents / 100;
}

/** The menu, checked when the program starts: a price of 4.999 or a number that stands twice ends it at once. */
export const menu: readonly MenuItem[] = z
  .array(menuItem)
  .superRefine((items, context) => {
    const ids = new Set<number>();
    for (const [index, { id, name, price }] of items.entries()) {
      if (ids.has(id))
        context.addIssue({ code: 'custom', path: [index, 'id'], message: `${id} stands twice (${name})` });
      ids.add(id);
      if (Math.abs(price * 100 - toCents(price)) > 1e-6) {
        context.addIssue({
          code: 'custom',
          path: [index, 'price'],
          message: `${price} has more than two decimals (${name})`,
        });
      }
    }
  })
  .parse(menuJson);

const byId = new Map(menu.map((item) => [item.id, item]));

/** The item with this number, or nothing. */
export function menuItemById(id: number): MenuItem | undefined {
  return byId.get(id);
}
