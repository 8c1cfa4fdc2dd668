import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PostgresFixture, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../../images/bundled-server.js';
import { order as orderSchema } from './order.js';
import { orderServer } from './order-service.js';

describe('a guest who wants to be forgotten', () => {
  let server: PostgresFixture;
  let service: ServiceFixture;
  /** As it lies in the image, beside the server. */
  let eraseGuest: string;
  beforeAll(async () => {
    server = await PostgresFixture.start();
    service = await ServiceFixture.start(orderServer, server.environment);
    await service.readyz(200);
    eraseGuest = join(dirname(await bundledServer('order-service')), 'erase-guest.js');
  });
  afterAll(async () => {
    await service.drain();
    await server.remove();
  });

  const order = async (name: string): Promise<string> => {
    const { body } = await service.send('POST', '/orders', {
      headers: { 'idempotency-key': `order-of-${name.replace(' ', '-')}` },
      body: {
        customer_name: name,
        items: [{ id: 1, name: 'Espresso', price: 3.5, quantity: 1 }],
        total_price: 3.5,
      },
    });
    return orderSchema.parse(body).order_number;
  };
  const run = async (...words: readonly string[]) => {
    const env = { PATH: process.env['PATH'], ...server.environment };
    const program = spawn(process.execPath, [eraseGuest, ...words], { env });
    const [out, err] = await Promise.all([
      text(program.stdout),
      text(program.stderr),
      once(program, 'close'),
    ]);
    return { code: program.exitCode, out, err };
  };
  const rows = async () => {
    const sql = server.client();
    const found = await sql`select * from orders order by id`;
    await sql.end();
    return found;
  };

  test('is found by name, and erased by number; others of the same name stay', async () => {
    const [mine, hers] = [await order('Ada'), await order('Ada Byron')];
    const listed = await run('--name', 'Ada');
    expect(listed).toMatchObject({
      code: 0,
      out: expect.stringMatching(new RegExp(`^${mine} .* ordered\n$`)),
    });

    expect(await run(mine)).toMatchObject({ code: 0, out: `${mine}: erased\n` });
    const [first, second] = await rows();
    expect(first).toMatchObject({
      ...{ order_number: mine, customer_name: 'erased', total_cents: 350, status: 'ordered' },
      ...{ token: null, idempotency_key: null, fingerprint: null },
    });
    expect(JSON.stringify(first)).not.toContain('Ada');
    expect(second).toMatchObject({ order_number: hers, customer_name: 'Ada Byron' });
    // And again: nothing is wrong with that.
    expect(await run(mine)).toMatchObject({ code: 0 });
  });

  test.each([
    [['ABC-123'], 1, 'ABC-123: is not here'],
    [['Ada'], 64, 'Ada: no order has such a number'],
    [['--name', 'Eve'], 1, 'No order has the name "Eve"'],
    [[], 64, 'node erase-guest.js ORDER-NUMBER'],
    [['--help'], 0, 'changes nothing'],
  ])('%j ends with %d and says so', async (words, code, says) => {
    const said = await run(...words);
    expect(said.code).toBe(code);
    expect(said.out + said.err).toContain(says);
  });
});
