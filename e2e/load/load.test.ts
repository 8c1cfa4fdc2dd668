import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { CafeFixture } from '../../services/frontend/cafe-fixture.js';
import { BalancerFixture } from '@cafe-lumiere/runtime/testing';
import { balance, type Balance, stored, storedStatement } from './ledger.js';
import { Load } from './load.js';

// The load against the real services, without a cluster: what it counts when all is well, and that it sees what it is
// there to see.

let cafe: CafeFixture;
let balancer: BalancerFixture;
beforeAll(async () => {
  cafe = await CafeFixture.start();
});
beforeEach(async () => {
  balancer = await BalancerFixture.over([new URL(cafe.pages.url)]);
});
afterEach(() => {
  balancer.close();
});
afterAll(() => cafe.end());

const compare = async (load: Load): Promise<Balance> => {
  const client = cafe.postgres.client();
  try {
    const [row] = await client.unsafe(storedStatement(load.name, load.records));
    return balance(load.records, stored.parse(Object.values(row ?? {})[0]));
  } finally {
    await client.end();
  }
};
/** Resolves when so many orders were acknowledged. */
const served = async ({ records }: Load, count: number): Promise<void> => {
  while (records.acknowledgements.length < count) await pause(20);
};
const allIsWell = { lost: [], doubled: [], illegalHistories: [], missedEvents: [] };

test('a good day: every order is served, nothing fails, and the ledger balances', async () => {
  const load = new Load({ origin: balancer.url }, { guestsPerSecond: 5 });
  await served(load, 15);
  const { requests, clicks, steps, acknowledgements, streamPassages, streamFaults } = await load.end();
  expect(requests.filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(clicks.filter(({ failure }) => failure !== undefined)).toEqual([]);
  // Each attempt is a request, and there are no others.
  const sent = requests.filter(({ kind }) => kind === 'order' || kind === 'step');
  expect(clicks.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(sent.length);
  // A guest's click and three of a cook for each.
  expect(clicks).toHaveLength(4 * acknowledgements.length);
  expect([...steps.values()]).toEqual(acknowledgements.map(() => 'served'));
  expect(streamPassages).toHaveLength(3);
  expect(streamFaults).toEqual([]);
  const { acknowledged, found } = await compare(load);
  expect(await compare(load)).toMatchObject(allIsWell);
  expect(found).toBe(acknowledged);
});

test('a network that breaks fails requests, and no click', async () => {
  const load = new Load({ origin: balancer.url }, { guestsPerSecond: 5 });
  while (!load.records.clicks.some(({ attempts }) => attempts > 1)) {
    await pause(100);
    balancer.cut();
  }
  const { requests, clicks } = await load.end();
  expect(requests.filter(({ failure }) => failure !== undefined)).not.toEqual([]);
  expect(clicks.filter(({ failure }) => failure !== undefined)).toEqual([]);
  expect(await compare(load)).toMatchObject(allIsWell);
});

test('an order that vanishes, one that is doubled, and an event that is deleted do not stay unseen', async () => {
  const load = new Load({ origin: balancer.url }, { guestsPerSecond: 5 });
  await served(load, 2);
  await load.end();
  const [first, second] = load.records.acknowledgements;
  const client = cafe.postgres.client();
  await client`delete from orders where order_number = ${first?.orderNumber ?? ''}`;
  await client`
    insert into orders (order_number, customer_name, items, total_cents)
    select 'ZZZ-ZZZ', customer_name, items, total_cents from orders where order_number = ${second?.orderNumber ?? ''}`;
  for (const passage of load.records.streamPassages) passage.seen.splice(1, 1);
  await client.end();
  const { lost, doubled, illegalHistories, missedEvents } = await compare(load);
  expect(lost).toHaveLength(1);
  expect(doubled).toHaveLength(1);
  // The doubled one has no event.
  expect(illegalHistories).toHaveLength(1);
  expect(missedEvents).toHaveLength(3);
});
