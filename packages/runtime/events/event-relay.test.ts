import { declareService } from '@cafe-lumiere/contract';
import { afterEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createLog } from '../log.js';
import { implementService } from '../service.js';
import { EventStreamFixture } from '../testing/event-stream-fixture.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';
import { EventHub } from './event-hub.js';
import { EventRelay } from './event-relay.js';

const cup = z.object({ size: z.string() });
type Cup = z.output<typeof cup>;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A service that streams cups, from a hub of its own that says what they are called. */
async function streaming(event: string): Promise<{ readonly hub: EventHub<Cup>; readonly url: URL }> {
  const made: { hub?: EventHub<Cup> } = {};
  const service = await ServiceFixture.start(
    implementService(declareService({ name: 'counter', port: 8080 }), {
      version: '1.0.0',
      create({ draining, metrics }) {
        const hub = new EventHub<Cup>({ event, draining, open: metrics.eventStreams });
        made.hub = hub;
        const everything = (payload: Cup): Cup => payload;
        const routes = new RoutesFixture().get('/events', (context) => {
          hub.stream(context, everything);
        });
        return { pages: routes.list };
      },
    }),
  );
  cleanups.push(() => service.drain());
  if (!made.hub) throw new Error('the service has made no hub');
  return { hub: made.hub, url: new URL('/events', service.url) };
}

test('events are passed on by the name that the relay is given', async () => {
  const source = await streaming('cup');
  const target = await streaming('mug');
  const relay = new EventRelay({
    to: 'counter',
    url: source.url,
    event: 'cup',
    payload: cup,
    hub: target.hub,
    log: createLog('relay', '1', 'silent'),
  });
  cleanups.push(() => relay.close());
  const client = new EventStreamFixture(() => target.url.href);
  cleanups.push(() => client.close());
  source.hub.begin(7);
  await client.until((events) => events.some(({ event }) => event === 'resync'));
  source.hub.add(8, { size: 'small' });
  source.hub.add(9, { size: 'large' });
  await client.until((events) => events.some(({ id }) => id === 9));
  expect(client.events.filter(({ event }) => event !== 'resync')).toEqual([
    { event: 'mug', id: 8, data: '{"size":"small"}' },
    { event: 'mug', id: 9, data: '{"size":"large"}' },
  ]);
});
