import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';
import { CafeFixture } from './cafe-fixture.js';
import { chromiumFound, launchChromium } from './chromium-fixture.js';

(chromiumFound ? describe : describe.skip)('a guest’s click, in a real browser,', () => {
  let cafe: CafeFixture;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    browser = await launchChromium();
    cafe = await CafeFixture.start();
  }, 60_000);
  afterEach(async () => {
    await context.close();
  });
  afterAll(async () => {
    await browser.close();
    await cafe.end();
  });

  test.each([
    {
      state: 'stopped',
      begin: async () => {
        await cafe.postgres.stop();
        return () => cafe.postgres.startAgain();
      },
    },
    {
      state: 'frozen',
      begin: async () => {
        const thaw = await cafe.postgres.freeze();
        return () => {
          thaw();
          return Promise.resolve();
        };
      },
    },
  ])('while the database is $state, is kept and is one order soon after', async ({ state, begin }) => {
    context = await browser.newContext();
    const page = await context.newPage();
    const keys: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') keys.push(request.headers()['idempotency-key']);
    });
    await page.goto(cafe.pages.url);
    await page.getByRole('button', { name: 'One more Espresso' }).click();
    await page.locator('#customer_name').fill(state);
    const end = await begin();
    await page.locator('#order-button').click();
    const said = 'That takes longer than usual. We keep your order and try again…';
    await page.locator('#message', { hasText: said }).waitFor({ timeout: 3200 });
    // Long enough for the longest pause between two attempts.
    await page.waitForTimeout(8000);
    expect(await page.locator('#order-button').isDisabled()).toBe(true);
    await end();
    await cafe.orders.readyz(200);
    const number = page.locator('#placed-number', { hasText: /^...-...$/ });
    // The longest pause, what an attempt under way may still take, and a slow machine.
    await number.waitFor({ timeout: 4500 });
    expect((await cafe.ordersOf(state)).map(({ order_number }) => order_number)).toEqual([
      await number.innerText(),
    ]);
    expect(keys.length).toBeGreaterThan(2);
    expect(new Set(keys).size).toBe(1);
  });

  test.each([
    { silent: 'the first', delays: [undefined, 0] },
    { silent: 'the second', delays: [4000, undefined] },
  ])('of whose two requests $silent is not answered, is one order', async ({ silent, delays }) => {
    context = await browser.newContext();
    const page = await context.newPage();
    const keys: (string | undefined)[] = [];
    await page.route('**/api/orders', async (route) => {
      const delay = delays[keys.length];
      keys.push(route.request().headers()['idempotency-key']);
      if (delay === undefined) return;
      await page.waitForTimeout(delay);
      await route.continue();
    });
    await page.goto(cafe.pages.url);
    await page.getByRole('button', { name: 'One more Espresso' }).click();
    await page.locator('#customer_name').fill(silent);
    await page.locator('#order-button').click();
    // Before the request is given up, after 6 s.
    await page.locator('#placed-number', { hasText: /^...-...$/ }).waitFor({ timeout: 5500 });
    expect(await cafe.ordersOf(silent)).toHaveLength(1);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });
});
