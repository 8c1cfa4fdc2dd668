import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PostgresFixture, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { orderServer } from './order-service.js';
import { turn } from './guess-turn.js';

/** So long that the time which the test takes is nothing beside it. */
const HOUR_MS = 3_600_000;

describe('wrong guesses', () => {
  let server: PostgresFixture;
  let pods: readonly ServiceFixture[];
  beforeAll(async () => {
    server = await PostgresFixture.start();
    pods = await Promise.all([0, 1].map(() => ServiceFixture.start(orderServer, server.environment)));
    await Promise.all(pods.map((pod) => pod.readyz(200)));
  });
  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.drain()));
    await server.remove();
  });

  let asked = 0;
  const send = (method: string, body: unknown) => {
    asked += 1;
    return pods[asked % 2]?.send(method, '/guesses', { body }) ?? Promise.reject(new Error('no pod'));
  };
  const clientOf = (letter: string): string => letter.repeat(43);
  /** @returns how many wrong ones there are with it, and its hour */
  const take = async (client: string, patienceHours = 20) => {
    const delaysMs = [0, HOUR_MS, 2 * HOUR_MS];
    const { status, body } = await send('POST', { client, delaysMs, patienceMs: patienceHours * HOUR_MS });
    if (status !== 200) return status;
    const { wrong, waitMs } = turn.parse(body);
    return { wrong, hour: Math.round(waitMs / HOUR_MS) };
  };

  test('of one client have their turns behind one another, whichever pod is asked', async () => {
    const client = clientOf('a');
    for (const hour of [0, 1, 3, 5]) await expect(take(client)).resolves.toMatchObject({ hour });
    await expect(take(clientOf('b'))).resolves.toEqual({ wrong: 1, hour: 0 });
    await expect(take(client)).resolves.toEqual({ wrong: 5, hour: 7 });
  });

  test('at the same moment do not share a turn', async () => {
    const turns = await Promise.all(Array.from({ length: 8 }, () => take(clientOf('c'))));
    expect(new Set(turns.map((each) => JSON.stringify(each))).size).toBe(8);
    expect(turns).toEqual(
      expect.arrayContaining([0, 1, 3, 5, 7, 9, 11, 13].map((hour, index) => ({ wrong: index + 1, hour }))),
    );
  });

  test('are refused and do not count when the last turn is too far away, so that a flood does not lock out', async () => {
    const client = clientOf('d');
    for (const hour of [0, 1, 3]) await expect(take(client, 2)).resolves.toMatchObject({ hour });
    for (let count = 0; count < 5; count += 1) await expect(take(client, 2)).resolves.toBe(429);
    await expect(take(client, 3)).resolves.toEqual({ wrong: 4, hour: 5 });
  });

  test('do not lock out when the clock was set back', async () => {
    const sql = server.client();
    const client = clientOf('h');
    await sql`insert into wrong_guesses values (${client}, 1, now() + interval '30 hours')`;
    await expect(take(client)).resolves.toEqual({ wrong: 2, hour: 1 });
    await sql.end();
  });

  test('are forgotten after the right password', async () => {
    const client = clientOf('e');
    for (let count = 0; count < 3; count += 1) await take(client);
    const forgotten = { client, wrong: 0 };
    expect((await send('PUT', forgotten)).body).toEqual(forgotten);
    await expect(take(client)).resolves.toEqual({ wrong: 1, hour: 0 });
    expect((await send('PUT', { client: clientOf('f'), wrong: 0 })).status).toBe(200);
  });

  test.each([
    ['an address', { client: '192.0.2.1' }],
    ['no delay', { delaysMs: [] }],
    ['a delay that is no number', { delaysMs: [0, 'soon'] }],
    ['a delay of years', { delaysMs: [0, 1e12] }],
    ['no patience', { patienceMs: undefined }],
  ])('with %s are no question', async (_what, wrong) => {
    const body = { client: clientOf('g'), delaysMs: [0], patienceMs: 0, ...wrong };
    expect((await send('POST', body)).status).toBe(422);
  });
});
