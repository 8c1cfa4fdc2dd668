import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { CafeFixture } from './cafe-fixture.js';
import { chromiumFound, launchChromium } from './chromium-fixture.js';

(chromiumFound ? describe : describe.skip)('a cook’s step, in a real browser,', () => {
  let cafe: CafeFixture;
  let browser: Browser;
  let context: BrowserContext;
  /** The board, and the steps that it has sent: each as the end of its path. */
  let page: Page;
  let sent: string[];
  beforeAll(async () => {
    browser = await launchChromium();
    cafe = await CafeFixture.start();
  });
  afterEach(async () => {
    cafe.bringOrderServiceBack();
    await context.close();
  });
  afterAll(async () => {
    await browser.close();
    await cafe.end();
  });

  /** Places orders and opens a board that shows them. @returns their numbers */
  const boardWith = async (...guests: readonly string[]): Promise<readonly string[]> => {
    const numbers: string[] = [];
    for (const guest of guests) numbers.push((await cafe.order(guest)).order_number);
    context = await browser.newContext();
    context.setDefaultTimeout(0);
    page = await context.newPage();
    await page.clock.install();
    sent = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.url().split('/').slice(-2).join('/'));
    });
    const read = page.waitForResponse(/\/api\/kitchen\/orders$/);
    await page.goto(`${cafe.pages.url}/kitchen`);
    await read;
    return numbers;
  };
  const cardIn = (list: string, number = ''): Locator => page.locator(`#${list} [data-number="${number}"]`);
  const buttonOf = (number = ''): Locator => page.locator(`[data-number="${number}"] button`).first();
  const keptLine = (): Locator => page.locator('#kept-steps');
  /** Lets milliseconds pass on the page's clock. What it sends in them is on its way before the request at the end. */
  const pass = async (milliseconds: number): Promise<void> => {
    await page.clock.runFor(milliseconds);
    await page.evaluate("fetch('/health')");
  };
  const nothingIsSaid = async (): Promise<void> => {
    await keptLine().waitFor({ state: 'hidden' });
    expect(await page.locator('#message').innerText()).toBe('');
  };

  test('while order-service is away: is kept, and done with one press when it is back', async () => {
    const [number] = await boardWith('Away');
    cafe.takeOrderServiceAway();
    await buttonOf(number).click();
    const said = `${number}: that takes longer than usual. We keep this step and try again…`;
    await keptLine().filter({ hasText: said }).waitFor();
    expect(await buttonOf(number).innerText()).toMatch(/^Trying again…/);
    expect(await buttonOf(number).isDisabled()).toBe(true);
    cafe.bringOrderServiceBack();
    await cardIn('preparing', number).waitFor();
    await nothingIsSaid();
    expect(await cafe.historyOf(number ?? '')).toEqual(['ordered', 'preparing']);
    expect(await buttonOf(number).innerText()).toMatch(/^Ready/);
    expect(await buttonOf(number).isEnabled()).toBe(true);
  });

  test('does not wait for another order’s, and both are named', async () => {
    const [first, second] = await boardWith('First', 'Second');
    cafe.takeOrderServiceAway();
    await buttonOf(first).click();
    await keptLine()
      .filter({ hasText: `${first}: ` })
      .waitFor();
    await buttonOf(second).click();
    const said = `${first}, ${second}: that takes longer than usual. We keep these steps and try again…`;
    await keptLine().filter({ hasText: said }).waitFor();
    cafe.bringOrderServiceBack();
    for (const number of [first, second]) {
      await cardIn('preparing', number).waitFor();
      expect(await cafe.historyOf(number ?? '')).toEqual(['ordered', 'preparing']);
    }
    await nothingIsSaid();
  });

  test('keeps its button locked while the board goes on, and other cards go on as well', async () => {
    const [stuck, free] = await boardWith('Stuck', 'Free');
    await page.route(`**/${stuck}/start`, (route) => route.fulfill({ status: 503, json: {} }));
    await buttonOf(stuck).click();
    await keptLine()
      .filter({ hasText: `${stuck}: ` })
      .waitFor();
    const { order_number: fresh } = await cafe.order('Fresh');
    await cardIn('ordered', fresh).waitFor();
    await buttonOf(free).click();
    await cardIn('preparing', free).waitFor();
    expect(await buttonOf(stuck).isDisabled()).toBe(true);
    // However somebody manages to press it again: there is one request at a time.
    const before = sent.filter((step) => step === `${stuck}/start`).length;
    await page
      .locator(`[data-number="${stuck}"] form:not(.cancel)`)
      .evaluate((form: { requestSubmit(): void }) => {
        for (let count = 0; count < 20; count += 1) form.requestSubmit();
      });
    const after = sent.filter((step) => step === `${stuck}/start`).length;
    expect(after - before).toBeLessThanOrEqual(1);
    await page.unroute(`**/${stuck}/start`);
    await cardIn('preparing', stuck).waitFor();
    await nothingIsSaid();
  });

  test('whose answer was lost is not done twice', async () => {
    const [number] = await boardWith('Lost');
    let lost = 0;
    await page.route(`**/${number}/start`, async (route) => {
      await route.fetch();
      lost += 1;
      await route.abort();
    });
    await buttonOf(number).click();
    await cardIn('preparing', number).waitFor();
    await nothingIsSaid();
    expect(lost).toBeGreaterThan(0);
    expect(new Set(sent)).toEqual(new Set([`${number}/start`]));
    expect(await cafe.historyOf(number ?? '')).toEqual(['ordered', 'preparing']);
  });

  test('that another cook did meanwhile ends quietly when the board shows it', async () => {
    const [number] = await boardWith('Board');
    await page.route(`**/${number}/start`, (route) => route.abort());
    await buttonOf(number).click();
    await keptLine()
      .filter({ hasText: `${number}: ` })
      .waitFor();
    await cafe.pages.send('POST', `/api/kitchen/orders/${number}/start`);
    await cardIn('preparing', number).waitFor();
    await nothingIsSaid();
    const before = sent.length;
    await pass(2500);
    expect(sent).toHaveLength(before);
    expect(await cafe.historyOf(number ?? '')).toEqual(['ordered', 'preparing']);
  });

  test('that other cooks did and went on from ends quietly when its answer says so', async () => {
    const [number] = await boardWith('Answer');
    // The answer alone must be enough: the board is not read any more.
    await page.route('**/api/kitchen/orders', (route) => route.abort());
    cafe.takeOrderServiceAway();
    await buttonOf(number).click();
    await keptLine()
      .filter({ hasText: `${number}: ` })
      .waitFor();
    for (const status of ['preparing', 'ready']) {
      await cafe.orders.send('PUT', `/orders/${number}`, { body: { status } });
    }
    cafe.bringOrderServiceBack();
    await cardIn('ready', number).waitFor();
    await nothingIsSaid();
    expect(await buttonOf(number).innerText()).toMatch(/^Serve/);
    expect(await cafe.historyOf(number ?? '')).toEqual(['ordered', 'preparing', 'ready']);
  });

  test('that is refused says why, at its button’s order', async () => {
    const [number] = await boardWith('Refused');
    const detail = `There is no order ${number}.`;
    await page.route(`**/${number}/start`, (route) => route.fulfill({ status: 404, json: { detail } }));
    await buttonOf(number).click();
    await page.locator('#message', { hasText: detail }).waitFor();
    expect(await buttonOf(number).isEnabled()).toBe(true);
    await pass(2500);
    expect(sent).toEqual([`${number}/start`]);
  });
});
