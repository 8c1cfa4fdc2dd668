import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { menu } from '../menu/menu.js';
import { fieldOf, open, submit, textOf } from './browser-fixture.js';
import { CafeFixture } from './cafe-fixture.js';

let cafe: CafeFixture;

beforeAll(async () => {
  cafe = await CafeFixture.start();
});

afterAll(async () => {
  await cafe.end();
});

describe('ordering without JavaScript', () => {
  test('the form has the menu by category, with prices in euro', async () => {
    const page = await open(cafe.pages, '/');
    expect(page.status).toBe(200);
    for (const { id } of menu) expect(fieldOf(page, `quantity-${id}`)).toBe('0');
    expect([...page.html.matchAll(/<legend>([^<]+)/g)].map(([, title]) => title)).toEqual([
      'Coffee',
      'Pastry',
      'Ice cream',
      'Pizza',
      'Sandwiches',
      'Desserts',
    ]);
    expect(page.html).toContain('€12.99');
  });

  test('each form has a key of its own', async () => {
    const keys = await Promise.all(
      [1, 2].map(async () => fieldOf(await open(cafe.pages, '/'), 'idempotency_key')),
    );
    expect(keys[0]).toMatch(/^[\w-]{36}$/);
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('an order is placed, shown with its number, and followed to its end', async () => {
    const key = fieldOf(await open(cafe.pages, '/'), 'idempotency_key');
    const placed = await submit(cafe.pages, '/', {
      idempotency_key: key,
      customer_name: 'Ada',
      'quantity-1': '2',
      'quantity-19': '1',
      'quantity-3': '0',
    });
    const [order] = await cafe.ordersOf('Ada');
    const number = order?.order_number ?? 'none';
    expect(order).toMatchObject({ total_price: 19.99, status: 'ordered' });
    expect(placed.status).toBe(200);
    expect(placed.path).toMatch(new RegExp(`^/\\?order=${number}&token=[\\w-]{22}$`));
    expect(textOf(placed, 'placed-number')).toBe(number);
    expect(textOf(placed, 'placed-status')).toBe('Ordered. The kitchen will start soon.');
    expect(placed.html).toContain(
      `<meta http-equiv="refresh" content="5; url=${placed.path.replace('&', '&amp;')}"`,
    );

    for (const [step, said] of [
      ['start', 'Being prepared.'],
      ['ready', 'Ready! Please come to the counter.'],
      ['serve', 'Served. Enjoy!'],
    ] as const) {
      const kitchen = await submit(cafe.pages, `/kitchen/orders/${number}/${step}`);
      expect([kitchen.status, kitchen.path]).toEqual([200, '/kitchen']);
      expect(textOf(await open(cafe.pages, `/?order=${number}`), 'placed-status')).toBe(said);
    }
  });

  test('twenty impatient clicks are one order', async () => {
    const fields = { idempotency_key: randomUUID(), customer_name: 'Impatient', 'quantity-1': '1' };
    const pages = await Promise.all(Array.from({ length: 20 }, () => submit(cafe.pages, '/', fields)));
    const orders = await cafe.ordersOf('Impatient');
    expect(orders).toHaveLength(1);
    const paths = [...new Set(pages.map(({ path }) => path))];
    expect(paths).toEqual([expect.stringContaining(`/?order=${orders[0]?.order_number}&token=`)]);
  });

  test('what is wrong is said in words, and what was typed is kept with its key', async () => {
    const key = randomUUID();
    const nothing = await submit(cafe.pages, '/', {
      idempotency_key: key,
      customer_name: 'Nothing "chosen"',
    });
    expect(nothing.status).toBe(422);
    expect(textOf(nothing, 'message')).toBe('Please choose something first.');
    expect(fieldOf(nothing, 'customer_name')).toBe('Nothing &quot;chosen&quot;');

    const tooMany = await submit(cafe.pages, '/', {
      idempotency_key: key,
      customer_name: 'Many',
      'quantity-2': '100',
    });
    expect(tooMany.status).toBe(422);
    expect(textOf(tooMany, 'message')).toContain('must be at most 99');
    expect(fieldOf(tooMany, 'quantity-2')).toBe('100');
    expect(fieldOf(tooMany, 'idempotency_key')).toBe(key);

    const again = await submit(cafe.pages, '/', {
      idempotency_key: key,
      customer_name: 'Many',
      'quantity-2': '99',
    });
    expect(again.path).toMatch(/^\/\?order=/);
  });

  test('a form that was sent, and changed, is another order only when the guest says so', async () => {
    const form = { idempotency_key: randomUUID(), customer_name: 'Back', 'quantity-1': '1' };
    await submit(cafe.pages, '/', form);
    const changed = await submit(cafe.pages, '/', { ...form, 'quantity-1': '2' });
    expect(changed.status).toBe(422);
    expect(textOf(changed, 'message')).toContain('Press the button again to order this as well.');
    expect(await cafe.ordersOf('Back')).toHaveLength(1);
    const key = fieldOf(changed, 'idempotency_key');
    await submit(cafe.pages, '/', { ...form, idempotency_key: key, 'quantity-1': '2' });
    expect(await cafe.ordersOf('Back')).toHaveLength(2);
  });

  test.each([
    ['no fields at all', {}],
    ['a quantity that is none', { customer_name: 'Ada', 'quantity-1': 'many' }],
    ['half a coffee', { customer_name: 'Ada', 'quantity-1': '0.5' }],
    ['a name that is none', { customer_name: ' ', 'quantity-1': '1' }],
  ])('%s is 422 and a page', async (_, fields) => {
    const page = await submit(cafe.pages, '/', fields);
    expect(page.status).toBe(422);
    expect(textOf(page, 'message')).not.toBe('');
  });

  test('a key that cannot be one does no harm', async () => {
    const page = await submit(cafe.pages, '/', {
      idempotency_key: 'a\r\nX-Evil: 1',
      customer_name: 'Evil',
      'quantity-1': '1',
    });
    expect(page.path).toMatch(/^\/\?order=/);
  });

  test.each(['ZZZ-ZZZ', '..', 'counts', '<script>'])(
    'the order "%s" is a page that says 404',
    async (number) => {
      const page = await open(cafe.pages, `/?order=${encodeURIComponent(number)}`);
      expect(page.status).toBe(404);
      expect(page.html).toContain('There is no order');
      expect(page.html).not.toContain('<script>');
    },
  );
});

describe('the kitchen without JavaScript', () => {
  test('has each order in its column, the oldest first, with what to cook and one button', async () => {
    const first = await cafe.order('First');
    const second = await cafe.order('Second');
    const { html, headers } = await open(cafe.pages, '/kitchen');
    const column = (status: string): string =>
      new RegExp(`<ul id="${status}".*?</section>`, 's').exec(html)?.[0] ?? '';
    const ordered = column('ordered');
    expect(ordered.indexOf(first.order_number)).toBeLessThan(ordered.indexOf(second.order_number));
    expect(ordered).toContain('1 × Espresso');
    expect(ordered).toContain('just now');
    expect(ordered).toContain(`action="/kitchen/orders/${first.order_number}/start"`);
    expect(column('preparing')).not.toContain(first.order_number);
    expect(headers.get('cache-control')).toBe('no-store');

    const started = await submit(cafe.pages, `/kitchen/orders/${first.order_number}/start`);
    expect(started.html).toContain(`action="/kitchen/orders/${first.order_number}/ready"`);
  });

  test('a refused step says why, on the board', async () => {
    const { order_number: number } = await cafe.order();
    const page = await submit(cafe.pages, `/kitchen/orders/${number}/serve`);
    expect(page.status).toBe(409);
    expect(textOf(page, 'message')).toContain('cannot become');
    expect(page.html).toContain(`action="/kitchen/orders/${number}/start"`);
    // This page is the answer to a POST; asking for its own address again would be 405.
    expect(page.html).toContain('content="20; url=/kitchen"');
  });
});

describe('the display without JavaScript', () => {
  test('has the numbers of what is being prepared and ready, and no names', async () => {
    const { order_number: number } = await cafe.order('Somebody');
    expect((await open(cafe.pages, '/display')).html).not.toContain(number);
    await submit(cafe.pages, `/kitchen/orders/${number}/start`);
    const { html } = await open(cafe.pages, '/display');
    expect(html).toContain(`<li>${number}</li>`);
    expect(html).not.toContain('Somebody');
  });
});

describe('every page', () => {
  test('shows a hostile name as text', async () => {
    const name = `"><img src=x onerror=alert(1)><script>alert('2')</script>&amp;`;
    const { order_number: number } = await cafe.order(name);
    await submit(cafe.pages, `/kitchen/orders/${number}/start`);
    const refused = await submit(cafe.pages, '/', { customer_name: name });
    const kitchen = await open(cafe.pages, '/kitchen');
    for (const page of [refused, kitchen, await open(cafe.pages, '/display'), await open(cafe.pages, '/')]) {
      expect(page.html).not.toContain('<img');
      expect(page.html).not.toContain("<script>alert('2')");
    }
    for (const page of [refused, kitchen]) {
      expect(page.html).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;');
    }
  });

  test.each(['/', '/kitchen', '/display', '/nothing', '/?order=ZZZ-ZZZ'])(
    '%s allows nothing inline and nothing from elsewhere',
    async (path) => {
      const { headers, html } = await open(cafe.pages, path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(html).not.toMatch(/<style|<[^>]*\s(style|on\w+)=|<script(?![^>]* src=)/);
    },
  );

  test('an unknown address is a page for a browser and a problem for a program', async () => {
    const page = await open(cafe.pages, '/nothing/<here>');
    expect(page.status).toBe(404);
    expect(page.html).toContain('There is nothing here');
    const answer = await cafe.pages.send('GET', '/nothing');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.problem.status).toBe(404);
  });

  test('a form of another kind is refused where forms are taken', async () => {
    const answer = await cafe.pages.send('POST', '/', { body: { customer_name: 'Zoë' } });
    expect(answer.status).toBe(415);
  });
});
