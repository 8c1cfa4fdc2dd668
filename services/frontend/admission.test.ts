import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CafeFixture } from './cafe-fixture.js';
import { chromiumFound, launchChromium } from './chromium-fixture.js';

describe('what changes something', () => {
  let cafe: CafeFixture;
  beforeAll(async () => {
    cafe = await CafeFixture.start();
  });
  afterAll(async () => {
    await cafe.end();
  });

  const coffee = { customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] };
  const post = (headers: Record<string, string>): Promise<number> => {
    const { hostname, port } = new URL(cafe.pages.url);
    return new Promise((done, fail) => {
      const sent = request(
        {
          hostname,
          port,
          method: 'POST',
          path: '/api/orders',
          headers: { 'content-type': 'application/json', ...headers },
        },
        (answer) => {
          answer.resume().on('end', () => {
            done(answer.statusCode ?? 0);
          });
        },
      );
      sent.on('error', fail);
      sent.end(JSON.stringify(coffee));
    });
  };

  test.each([
    ['a program', {}, 201],
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: 'http://cafe.test' }, 201],
    ['the user', { 'sec-fetch-site': 'none' }, 201],
    ['our own page, where browsers do not say the site', { origin: 'http://cafe.test' }, 201],
    ['our own page behind TLS', { origin: 'https://cafe.test' }, 201],
    ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }, 403],
    ['a page of a neighbour', { 'sec-fetch-site': 'same-site', origin: 'http://x.cafe.test' }, 403],
    [
      'a page of another site that claims our origin',
      { 'sec-fetch-site': 'cross-site', origin: 'http://cafe.test' },
      403,
    ],
    ['another site, where browsers do not say the site', { origin: 'http://evil.test' }, 403],
    ['another port', { origin: 'http://cafe.test:81' }, 403],
    ['nowhere', { origin: 'null' }, 403],
    ['an origin that is none', { origin: 'cafe.test' }, 403],
  ])('from %s', async (_, headers, status) => {
    await expect(post({ host: 'cafe.test', ...headers })).resolves.toBe(status);
  });

  (chromiumFound ? describe : describe.skip)('in a real browser', () => {
    test('works from our pages without JavaScript in a café without TLS, and from no other page', async () => {
      const { port } = new URL(cafe.pages.url);
      const evil = createServer((_, response) => {
        response.setHeader('content-type', 'text/html').end(`
          <form method="post" action="http://cafe.test:${port}/">
            <input name="customer_name" value="Evil" /><input name="quantity-1" value="1" /><button>Go</button>
          </form>`);
      });
      evil.listen(0, '127.0.0.1');
      await once(evil, 'listening');
      const address = evil.address();
      const evilPort = address !== null && typeof address === 'object' ? address.port : 0;
      // Names that are not localhost, to which browsers do not say the site.
      const names = ['--host-resolver-rules=MAP *.test 127.0.0.1'];
      const browser = await launchChromium(names);
      try {
        const page = await browser.newPage({ javaScriptEnabled: false });
        page.setDefaultTimeout(10_000);
        await page.goto(`http://cafe.test:${port}/`);
        await page.fill('#customer_name', 'Plain');
        await page.fill('#quantity-1', '1');
        await page.click('#order-button');
        await page.locator('#placed-number').waitFor();
        await expect(cafe.ordersOf('Plain')).resolves.toHaveLength(1);

        await page.goto(`http://evil.test:${evilPort}/`);
        const answer = page.waitForResponse((response) => response.request().method() === 'POST');
        await page.click('button');
        expect((await answer).status()).toBe(403);
        await expect(cafe.ordersOf('Evil')).resolves.toEqual([]);
      } finally {
        await browser.close();
        evil.close();
      }
    }, 30_000);
  });
});
