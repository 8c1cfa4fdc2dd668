import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { CafeFixture } from './cafe-fixture.js';
import { chromiumFound, launchChromium } from './chromium-fixture.js';
import { Http2GatewayFixture, opensslFound } from './http2-gateway-fixture.js';

const PASSWORD = 'croissant-with-butter';

// With HTTP/2 a browser has one connection, on which it asks everything. When whoever is at its other end is gone without
// a word, Chromium notices it after some 20 s.

(chromiumFound && opensslFound ? describe : describe.skip)('over HTTP/2 with TLS, in a real browser,', () => {
  let cafe: CafeFixture;
  let gateway: Http2GatewayFixture;
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    cafe = await CafeFixture.start();
    gateway = await Http2GatewayFixture.before(cafe.pages.url);
  });
  afterAll(async () => {
    await browser.close();
    gateway.close();
    await cafe.end();
  });

  test('a click whose connection says nothing more is answered on another one', async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(0);
    const page = await context.newPage();
    const keys: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') keys.push(request.headers()['idempotency-key']);
    });
    await page.goto(gateway.url);
    const protocol = `performance.getEntriesByType('navigation')[0].nextHopProtocol`;
    expect(await page.evaluate(protocol)).toBe('h2');
    await page.getByRole('button', { name: 'One more Espresso' }).click();
    await page.locator('#customer_name').fill('Ada');
    gateway.network.silence();
    await page.locator('#order-button').click();
    const number = page.locator('#placed-number', { hasText: /^...-...$/ });
    await number.waitFor();
    // The second one was answered; both on the silent connection would have been given up, and a third one sent.
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect((await cafe.ordersOf('Ada')).map(({ order_number }) => order_number)).toEqual([
      await number.innerText(),
    ]);
    await context.close();
  });
});

(chromiumFound ? describe : describe.skip)('behind a closed door, in a real browser,', () => {
  let cafe: CafeFixture;
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
    cafe = await CafeFixture.start({
      STAFF_PASSWORD: PASSWORD,
      STAFF_SIGNING_KEY: 'a key of at least thirty-two characters',
    });
  });
  afterAll(async () => {
    await browser.close();
    await cafe.end();
  });

  test('a cook’s step that is met with silence is asked with the cookie, too', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${cafe.pages.url}/staff`);
    await page.locator('input[type=password]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Open the kitchen' }).click();
    const { order_number: number } = await cafe.order('Ada');
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.request().method() === 'POST') statuses.push(response.status());
    });
    let asked = 0;
    await page.route('**/start', async (route) => {
      asked += 1;
      // The first one is never answered.
      if (asked > 1) await route.continue();
    });
    await page.locator(`#ordered [data-number="${number}"] button`).first().click();
    await page.locator(`#preparing [data-number="${number}"]`).waitFor();
    expect(statuses).toEqual([401, 200]);
    expect(new URL(page.url()).pathname).toBe('/kitchen');
    await page.close();
  });
});
