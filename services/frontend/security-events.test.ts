import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { LIMITS } from './limits.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Says of each order that it is wrong: one that nobody answers does not count. */
const orders = createServer((request, response) => {
  request.resume();
  response.writeHead(422, { 'content-type': 'application/problem+json' }).end('{}');
});
await once(orders.listen(0, '127.0.0.1'), 'listening');
const { port } = z.object({ port: z.number() }).parse(orders.address());
/** Nobody listens on port 1: what is refused is refused without asking anybody. */
const NEIGHBOURS = {
  ORDER_SERVICE_URL: `http://127.0.0.1:${port}`,
  KITCHEN_SERVICE_URL: 'http://127.0.0.1:1',
};
const PASSWORD = 'croissant-with-butter';
const entry = z.looseObject({ time: z.iso.datetime(), msg: z.string(), event: z.string().optional() });
type Entry = z.output<typeof entry>;

/** As a process, because its log is its standard output. */
describe('the log of the frontend', () => {
  const child = spawn(process.execPath, ['cdk8s/run.js', 'services/frontend/main.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: '0',
      OPERATIONS_PORT: '0',
      DRAIN_SECONDS: '0',
      STAFF_PASSWORD: PASSWORD,
      // None flows in while the others are sent.
      ORDERS_PER_MINUTE: '1',
      ...NEIGHBOURS,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const entries: Entry[] = [];
  const lines = createInterface({ input: child.stdout }).on('line', (line) =>
    entries.push(entry.parse(JSON.parse(line))),
  );
  const logged = async (matches: (each: Entry) => boolean): Promise<Entry> => {
    for (;;) {
      const found = entries.find(matches);
      if (found) return found;
      await once(lines, 'line');
    }
  };
  let url: string;
  beforeAll(async () => {
    const { msg } = await logged((each) => each.msg.startsWith('listening on '));
    url = `http://127.0.0.1:${/:(\d+)$/.exec(msg)?.[1] ?? ''}`;
  });
  afterAll(async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
    orders.close();
  });

  const logIn = (password: string) =>
    fetch(`${url}/staff`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ password }) });

  test('has each log-in, and each that is refused, without the password', async () => {
    await logIn('guessed-by-somebody');
    await logIn(PASSWORD);
    const client = '127.0.0.1';
    expect(await logged(({ event }) => event === 'authn_login_fail')).toMatchObject({ client, wrong: 1 });
    expect(await logged(({ event }) => event === 'authn_login_success')).toMatchObject({ client });
    expect(JSON.stringify(entries)).not.toMatch(/guessed-by-somebody|croissant/);
    // Said once: whoever counts guesses counts them right.
    expect(entries.filter(({ event }) => event === 'authz_fail')).toEqual([]);
  });

  test.each([
    ['what is the staff’s, asked by nobody known', 'GET', '/api/orders', {}, 401],
    ['a change from a page of another site', 'POST', '/staff', { origin: 'https://evil.example' }, 403],
  ] as const)('has %s', async (_what, method, path, headers, status) => {
    expect((await fetch(`${url}${path}`, { method, headers })).status).toBe(status);
    const found = await logged(({ event, ...rest }) => event === 'authz_fail' && rest['path'] === path);
    expect(found).toMatchObject({ level: 'warn', client: '127.0.0.1', method, status });
    expect(found['requestId']).toEqual(expect.any(String));
  });

  test('has who wants more than a client may have', async () => {
    const enough = new AbortController();
    const body = JSON.stringify({ customer_name: 'Guest', items: [{ id: 1, quantity: 1 }] });
    const placed = Array.from({ length: LIMITS.ordersAtOnce + 5 }, () =>
      fetch(`${url}/api/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: enough.signal,
      }).catch(() => undefined),
    );
    const found = await logged(({ event }) => event === 'excess_rate_limit_exceeded');
    expect(found).toMatchObject({ client: '127.0.0.1', path: '/api/orders', status: 429 });
    enough.abort();
    await Promise.all(placed);
  });
});
