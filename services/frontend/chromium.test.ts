import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { z } from 'zod';
import { BalancerFixture } from '@cafe-lumiere/runtime/testing';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { CafeFixture } from './cafe-fixture.js';
import { chromiumFound, launchChromium } from './chromium-fixture.js';
import { frontendServer } from './frontend.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const violations = z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }));

(chromiumFound ? describe : describe.skip)('in a real browser', () => {
  let cafe: CafeFixture;
  let balancer: BalancerFixture;
  let browser: Browser;
  let context: BrowserContext;
  beforeAll(async () => {
    browser = await launchChromium();
    cafe = await CafeFixture.start();
    balancer = await BalancerFixture.over([new URL(cafe.pages.url)]);
  });
  afterEach(async () => {
    await context.close();
  });
  afterAll(async () => {
    await browser.close();
    balancer.close();
    await cafe.end();
  });

  const open = async (address: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
    context = await browser.newContext(options);
    context.setDefaultTimeout(0);
    return another(address);
  };
  const another = async (address: string): Promise<Page> => {
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`${balancer.url}${address}`);
    return page;
  };
  const choose = async (page: Page, name: string): Promise<void> => {
    await page.getByRole('button', { name: 'One more Espresso' }).click();
    await page.locator('#customer_name').fill(name);
  };
  const orderButton = (page: Page) => page.locator('#order-button');
  const numberOn = async (page: Page): Promise<string> => {
    const place = page.locator('#placed-number');
    await place.filter({ hasText: /^...-...$/ }).waitFor();
    return place.innerText();
  };

  test('an order lives its life across three open pages, and none is loaded again', async () => {
    const guest = await open('/');
    const [kitchen, display] = [await another('/kitchen'), await another('/display')];
    await choose(guest, 'Zoë');
    await orderButton(guest).click();
    const number = await numberOn(guest);
    for (const [button, said] of [
      ['Start', 'Being prepared.'],
      ['Ready', 'Ready! Please come to the counter.'],
    ] as const) {
      const card = kitchen.locator(`[data-number="${number}"]`);
      await card.getByRole('button', { name: button }).click();
      await guest.locator('#placed-status', { hasText: said }).waitFor();
      const list = button === 'Start' ? '#preparing' : '#ready';
      await display.locator(list, { hasText: number }).waitFor();
    }
    await kitchen.locator(`[data-number="${number}"]`).getByRole('button', { name: 'Serve' }).click();
    await guest.locator('#placed-status', { hasText: 'Served. Enjoy!' }).waitFor();
    await display.locator('#ready', { hasNotText: number }).waitFor();
    expect((await cafe.ordersOf('Zoë')).map(({ status }) => status)).toEqual(['served']);
  });

  test('an order that nobody has begun is cancelled with one click, by its guest or by a cook who is sure', async () => {
    const guest = await open('/');
    const kitchen = await another('/kitchen');
    await choose(guest, 'Hesitant');
    await orderButton(guest).click();
    const mine = await numberOn(guest);
    await kitchen.locator(`#ordered [data-number="${mine}"]`).waitFor();
    // The page that is loaded again has the token from its address.
    await guest.reload();
    await guest.getByRole('button', { name: 'Cancel this order' }).click();
    await guest.locator('#placed-status', { hasText: 'Cancelled.' }).waitFor();
    expect(await guest.locator('#cancel').isHidden()).toBe(true);
    await kitchen.locator(`[data-number="${mine}"]`).waitFor({ state: 'detached' });

    const { order_number: other } = await cafe.order('Doubtful');
    const cancel = kitchen.locator(`[data-number="${other}"]`).getByRole('button', { name: 'Cancel' });
    kitchen.once('dialog', (dialog) => void dialog.dismiss());
    await cancel.click();
    kitchen.once('dialog', (dialog) => void dialog.accept());
    await cancel.click();
    await kitchen.locator(`[data-number="${other}"]`).waitFor({ state: 'detached' });
    await expect(cafe.historyOf(other)).resolves.toEqual(['ordered', 'cancelled']);
  });

  test('twenty impatient clicks are one order', async () => {
    const page = await open('/');
    await choose(page, 'Impatient');
    await orderButton(page).evaluate((button: { click(): void }) => {
      for (let count = 0; count < 20; count += 1) button.click();
    });
    const number = await numberOn(page);
    expect((await cafe.ordersOf('Impatient')).map(({ order_number }) => order_number)).toEqual([number]);
  });

  test('a click without a network is one order when there is one again, and the page says so meanwhile', async () => {
    const page = await open('/');
    await choose(page, 'Offline');
    await context.setOffline(true);
    await orderButton(page).click();
    await page.locator('#message', { hasText: 'We keep your order and try again' }).waitFor();
    await context.setOffline(false);
    const number = await numberOn(page);
    expect((await cafe.ordersOf('Offline')).map(({ order_number }) => order_number)).toEqual([number]);
  });

  test('an order is placed with the keyboard alone', async () => {
    const page = await open('/');
    await page.locator('#quantity-1').focus();
    await page.keyboard.press('ArrowUp');
    await page.locator('#customer_name').focus();
    await page.keyboard.type('Keys');
    await page.keyboard.press('Enter');
    await numberOn(page);
    expect(await cafe.ordersOf('Keys')).toHaveLength(1);
  });

  test('a board says that it is old when its stream is cut, and recovers by itself', async () => {
    const page = await open('/kitchen');
    const stale = page.locator('#stale');
    await stale.waitFor({ state: 'hidden' });
    await context.setOffline(true);
    // Connections that are open do not end by that in Chromium.
    balancer.cut();
    // The stream counts as alive for 5 s after its last word, and a board may be silent for 6 s.
    await page.clock.runFor(11_500);
    expect(await stale.isVisible()).toBe(true);
    expect(await stale.innerText()).toMatch(/^No news since \d/);
    await context.setOffline(false);
    await stale.waitFor({ state: 'hidden' });
  });

  test('a frontend process that is replaced under an open board costs no change', async () => {
    const page = await open('/kitchen');
    const other = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL: cafe.orders.url,
      KITCHEN_SERVICE_URL: cafe.kitchen.url,
    });
    balancer.backends = [new URL(other.url)];
    balancer.cut();
    const { order_number: first } = await cafe.order('Before');
    await page.locator(`[data-number="${first}"]`).waitFor();
    balancer.backends = [new URL(cafe.pages.url)];
    await other.drain();
    const { order_number: second } = await cafe.order('After');
    await page.locator(`[data-number="${second}"]`).waitFor();
    expect(await page.locator(`[data-number="${first}"]`).count()).toBe(1);
  });

  test('a hostile name is text everywhere', async () => {
    const name = '<img src=x onerror=document.title=1>';
    const page = await open('/');
    await choose(page, name);
    await orderButton(page).click();
    const number = await numberOn(page);
    const kitchen = await another('/kitchen');
    const card = kitchen.locator(`[data-number="${number}"]`);
    expect(await card.locator('.guest').innerText()).toBe(name);
    await card.getByRole('button', { name: 'Start' }).click();
    const display = await another('/display');
    await display.locator('#preparing', { hasText: number }).waitFor();
    for (const each of [page, kitchen, display]) expect(await each.locator('img').count()).toBe(0);
  });

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    test.each([
      ['/', 390],
      ['/', 1280],
      ['/kitchen', 390],
      ['/kitchen', 1280],
      ['/display', 390],
      ['/display', 1280],
    ])('%s at a width of %i has no violation that axe knows', async (address, width) => {
      await cafe.order('Axe');
      const page = await open(address, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
      await page.addScriptTag({ content: axe });
      const found = violations.parse(await page.evaluate('axe.run().then(({ violations }) => violations)'));
      expect(found).toEqual([]);
    });
  });
});
