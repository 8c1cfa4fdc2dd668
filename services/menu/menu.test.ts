import { expect, test } from '@jest/globals';
import { CATEGORIES, menu, menuItemById, toCents, toEuro } from './menu.js';

test('the menu has 36 items in six categories', () => {
  expect(menu).toHaveLength(36);
  expect(new Set(menu.map(({ category }) => category))).toEqual(new Set(CATEGORIES));
});

test('every price survives the way to cents and back', () => {
  for (const { price } of menu) expect(toEuro(toCents(price))).toBe(price);
  expect(toCents(8.99 * 3)).toBe(2697);
});

test('an item is found by its number, and only by that', () => {
  expect(menuItemById(19)).toMatchObject({ name: 'Margherita', price: 12.99 });
  expect(menuItemById(37)).toBeUndefined();
});
