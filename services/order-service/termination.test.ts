import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { BalancerFixture } from '@cafe-lumiere/runtime/testing';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../../images/bundled-server.js';

/** More of them with `TERMINATIONS=50 make test`, as CI does. */
const TERMINATIONS = Number(process.env['TERMINATIONS'] ?? 10);
const CLIENTS = 10;
/** Of the clients. A tenth of the drain: however late a busy machine lets them go on, they must close first. */
const KEEP_ALIVE_MS = 100;
/** As long as the endpoints of a Service take to follow, and some more. */
const BALANCER_LAG_MS = 400;

let server: PostgresFixture;
let pods: ProcessFixture[];
const start = async (): Promise<ProcessFixture> => {
  const pod = await ProcessFixture.start(await bundledServer('order-service'), {
    ...server.environment,
    DRAIN_SECONDS: '1',
  });
  await pod.readyz(200);
  return pod;
};

beforeAll(async () => {
  server = await PostgresFixture.start();
  pods = [await start(), await start()];
});
afterAll(async () => {
  for (const pod of pods) pod.signal('SIGKILL');
  await Promise.all(pods.map(({ exited }) => exited));
  await server.remove();
});

test(
  `clients that keep their connections lose no request in ${TERMINATIONS} terminations`,
  async () => {
    const urls = () => pods.map(({ url }) => new URL(url));
    const balancer = await BalancerFixture.over(urls());
    const agent = new Agent({ keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS });
    const failures: unknown[] = [];
    const state = { going: true, answers: 0 };
    const client = async (): Promise<void> => {
      while (state.going) {
        try {
          // Without a key, so that nothing may be tried again.
          const answer = await request(`${balancer.url}/orders`, {
            method: 'POST',
            dispatcher: agent,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] }),
          });
          const text = await answer.body.text();
          if (answer.statusCode !== 201) failures.push(text);
          state.answers += 1;
        } catch (error) {
          failures.push(error);
        }
        await pause(Math.random() * 40);
      }
    };
    const running = Array.from({ length: CLIENTS }, client);
    let successor = start();
    for (let count = 0; count < TERMINATIONS; count += 1) {
      const [old, kept] = pods;
      if (!old || !kept) throw new Error('there are two pods');
      pods = [kept, await successor];
      old.signal('SIGTERM');
      successor = start();
      await pause(BALANCER_LAG_MS);
      balancer.backends = urls();
      await expect(old.exited).resolves.toBe(0);
    }
    (await successor).signal('SIGKILL');
    state.going = false;
    await Promise.all(running);
    await agent.destroy();
    balancer.close();
    expect(failures).toEqual([]);
    expect(state.answers).toBeGreaterThan(TERMINATIONS * CLIENTS);
  },
  TERMINATIONS * 12_000,
);
