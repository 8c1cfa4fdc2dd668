import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLog } from '@cafe-lumiere/runtime';
import { NetworkFixture, PostgresFixture, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { pino } from 'pino';
import type { Sql } from 'postgres';
import { orderServer } from '../order-service/order-service.js';
import { frontendServer } from './frontend.js';
import { Guesses } from './guesses.js';
import { OrderServiceGuesses } from './shared-guesses.js';

const LOG = createLog('test', '1', 'silent');
const PASSWORD = 'croissant-with-butter';
const CLIENT = 'c'.repeat(43);
const wrong = () => Promise.resolve(false);
const right = () => Promise.resolve(true);

describe('two pods of the frontend', () => {
  let server: PostgresFixture;
  let network: NetworkFixture;
  let orders: ServiceFixture;
  let sql: Sql;
  beforeAll(async () => {
    server = await PostgresFixture.start();
    network = await NetworkFixture.to(server.port);
    orders = await ServiceFixture.start(orderServer, {
      ...server.environment,
      DB_PORT: String(network.port),
    });
    await orders.readyz(200);
    sql = server.client();
  });
  beforeEach(() => sql`delete from wrong_guesses`);
  afterAll(async () => {
    await sql.end();
    await orders.drain();
    network.close();
    await server.remove();
  });

  /** The guesses of one pod, with the waits of all. Nobody waits: the time goes on when somebody should. */
  const podOf = (waits: number[], log = LOG, url = orders.url): Guesses => {
    let now = 0;
    const wait = async (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
      now += milliseconds;
      await sql`update wrong_guesses set turn_at = turn_at - ${milliseconds} * interval '1 ms'`;
    };
    const called: ConstructorParameters<typeof OrderServiceGuesses>[0] = {
      name: 'order-service',
      async request({ method, path, body }) {
        const headers = { 'content-type': 'application/json', 'x-request-timeout-ms': '400' };
        const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
        return { status: answer.status, headers: {}, bytes: Buffer.from(await answer.arrayBuffer()) };
      },
    };
    return new Guesses(new OrderServiceGuesses(called, log), { wait, now: () => now });
  };

  test('get no more guesses through than one', async () => {
    const waits: number[] = [];
    const pods = [podOf(waits), podOf(waits)] as const;
    for (let round = 0; round < 5; round += 1) {
      for (const pod of pods) await expect(pod.ask(CLIENT, wrong)).resolves.toBe(false);
    }
    expect(waits).toEqual([0, 0, 0, 250, 500, 1000, 2000, 4000, 4000, 4000]);
    expect(pods.map((pod) => pod.wrongFrom(CLIENT))).toEqual([9, 10]);
  });

  test('begin both anew after the right password at one of them', async () => {
    const waits: number[] = [];
    const [one, other] = [podOf(waits), podOf(waits)];
    for (let count = 0; count < 5; count += 1) await one.ask(CLIENT, wrong);
    await expect(other.ask(CLIENT, right)).resolves.toBe(true);
    await one.ask(CLIENT, wrong);
    expect(waits).toEqual([0, 0, 0, 250, 500, 1000, 0]);
    expect(one.wrongFrom(CLIENT)).toBe(1);
  });

  test('refuse what has no turn within half a minute, and do not look at it', async () => {
    await sql`insert into wrong_guesses values (${CLIENT}, 9, now() + interval '20 seconds')`;
    let looked = 0;
    const pod = podOf([]);
    await expect(pod.ask(CLIENT, () => Promise.resolve((looked += 1) > 0))).resolves.toBeUndefined();
    expect(looked).toBe(0);
  });

  test('count what was guessed by somebody who has not waited for the answer', async () => {
    let waits: (() => void) | undefined;
    const waiting = new Promise<void>((done) => (waits = done));
    const pod = podOf([]);
    void pod.ask(CLIENT, () => (waits?.(), new Promise(() => undefined)));
    await waiting;
    const other = podOf([]);
    await other.ask(CLIENT, wrong);
    expect(other.wrongFrom(CLIENT)).toBe(2);
  });

  test('go on alone from what they have heard while the database is away, and say so once', async () => {
    const said: string[] = [];
    const log = pino({ base: null, timestamp: false }, { write: (line: string) => said.push(line) });
    const waits: number[] = [];
    const pod = podOf(waits, log);
    for (let count = 0; count < 4; count += 1) await pod.ask(CLIENT, wrong);
    const back = await network.refuse();
    for (let count = 0; count < 3; count += 1) await pod.ask(CLIENT, wrong);
    await expect(pod.ask(CLIENT, right)).resolves.toBe(true);
    await pod.ask(CLIENT, wrong);
    expect(waits).toEqual([0, 0, 0, 250, 500, 1000, 2000, 4000, 0]);
    expect(said.join('')).toMatch(/^[^\n]*counted by this pod alone: order-service answered 503[^\n]*\n$/);
    await back();
    await orders.readyz(200);
    await pod.ask(CLIENT, wrong);
    expect(said.slice(1).join('')).toMatch(/^[^\n]*over all pods again[^\n]*\n$/);
    expect(pod.wrongFrom(CLIENT)).toBe(5);
  });

  test('say nothing of an older order-service, which does not count', async () => {
    const older = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((done) => older.listen(0, '127.0.0.1', done));
    const address = older.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const said: string[] = [];
    const waits: number[] = [];
    const log = pino({}, { write: (line: string) => said.push(line) });
    const pod = podOf(waits, log, `http://127.0.0.1:${port}`);
    for (let count = 0; count < 5; count += 1) await pod.ask(CLIENT, wrong);
    expect(waits).toEqual([0, 0, 0, 250, 500]);
    expect(said).toEqual([]);
    older.closeAllConnections();
    await new Promise((done) => older.close(done));
  });

  describe('as they run', () => {
    let pages: readonly ServiceFixture[];
    beforeAll(async () => {
      const environment = {
        ORDER_SERVICE_URL: orders.url,
        KITCHEN_SERVICE_URL: 'http://127.0.0.1:1',
        STAFF_PASSWORD: PASSWORD,
      };
      pages = await Promise.all([0, 1].map(() => ServiceFixture.start(frontendServer, environment)));
    });
    afterAll(async () => {
      await Promise.all(pages.map((pod) => pod.drain()));
    });

    const logIn = (index: number, password: string, cookie = '') =>
      fetch(`${pages[index]?.url ?? ''}/staff`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie },
        body: new URLSearchParams({ password }),
      });
    const rows = () => sql<{ client: string; wrong: number }[]>`select client, wrong from wrong_guesses`;

    test('keep one count of a client, which says nothing of where it is', async () => {
      for (const index of [0, 1]) expect((await logIn(index, 'wrong')).status).toBe(401);
      expect([...(await rows())]).toEqual([{ client: expect.stringMatching(/^[\w-]{43}$/), wrong: 2 }]);
      const opened = await logIn(0, PASSWORD);
      expect(opened.status).toBe(303);
      expect([...(await rows())]).toEqual([]);
    });

    test('keep another one of who has known the password', async () => {
      const cookie = ((await logIn(0, PASSWORD)).headers.get('set-cookie') ?? '').replace(/;.*/, '');
      await logIn(0, 'wrong');
      await logIn(1, 'wrong', cookie);
      expect((await rows()).map(({ wrong: count }) => count)).toEqual([1, 1]);
      expect((await logIn(1, PASSWORD, cookie)).status).toBe(303);
      expect(await rows()).toHaveLength(1);
    });

    test('open the kitchen also while the database swallows everything', async () => {
      network.swallows = true;
      expect((await logIn(0, 'wrong')).status).toBe(401);
      expect((await logIn(0, PASSWORD)).status).toBe(303);
      network.swallows = false;
    });
  });
});
