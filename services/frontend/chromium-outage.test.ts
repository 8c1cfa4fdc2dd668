import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Request, Route } from 'playwright-core';
import { CafeFixture } from './cafe-fixture.js';
import { chromiumFound, launchChromium } from './chromium-fixture.js';

(chromiumFound ? describe : describe.skip)('a guest’s click, in a real browser,', () => {
  let cafe: CafeFixture;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    browser = await launchChromium();
    cafe = await CafeFixture.start();
  });
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
    context.setDefaultTimeout(0);
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
    await page.locator('#message', { hasText: said }).waitFor();
    while (keys.length < 4) await page.waitForEvent('request');
    expect(await page.locator('#order-button').isDisabled()).toBe(true);
    await end();
    await cafe.orders.readyz(200);
    const before = keys.length;
    const number = page.locator('#placed-number', { hasText: /^...-...$/ });
    await number.waitFor();
    // The one under way may fail still; the next one, or one beside it, does not.
    expect(keys.length - before).toBeLessThanOrEqual(2);
    expect((await cafe.ordersOf(state)).map(({ order_number }) => order_number)).toEqual([
      await number.innerText(),
    ]);
    expect(new Set(keys).size).toBe(1);
  });

  test('whose first request is silent and whose second is told "not now" is sent again soon', async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(0);
    const page = await context.newPage();
    const given: Request[] = [];
    page.on('requestfailed', (request) => given.push(request));
    const routes: Route[] = [];
    await page.route('**/api/orders', async (route) => {
      routes.push(route);
      if (routes.length === 2) await route.fulfill({ status: 503, json: {} });
      if (routes.length === 3) await route.continue();
    });
    await page.goto(cafe.pages.url);
    await page.getByRole('button', { name: 'One more Espresso' }).click();
    await page.locator('#customer_name').fill('Third');
    await page.locator('#order-button').click();
    await page.locator('#placed-number', { hasText: /^...-...$/ }).waitFor();
    expect(given).toEqual([]);
    expect(await cafe.ordersOf('Third')).toHaveLength(1);
  });

  test.each([
    { silent: 'the first', answered: 1 },
    { silent: 'the second', answered: 0 },
  ])('of whose two requests $silent is not answered, is one order', async ({ silent, answered }) => {
    context = await browser.newContext();
    context.setDefaultTimeout(0);
    const page = await context.newPage();
    const keys: (string | undefined)[] = [];
    const given: Request[] = [];
    page.on('requestfailed', (request) => given.push(request));
    const routes: Route[] = [];
    await page.route('**/api/orders', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      routes.push(route);
      if (routes.length === 2) await routes[answered]?.continue();
    });
    await page.goto(cafe.pages.url);
    await page.getByRole('button', { name: 'One more Espresso' }).click();
    await page.locator('#customer_name').fill(silent);
    await page.locator('#order-button').click();
    await page.locator('#placed-number', { hasText: /^...-...$/ }).waitFor();
    // Before any was given up: the second was sent because the first one was silent.
    expect(given).toEqual([]);
    expect(await cafe.ordersOf(silent)).toHaveLength(1);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });
});
