import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { freePort } from '@cafe-lumiere/runtime/testing';
import { Browser } from './browser.js';
import { Guests } from './guests.js';
import { Records } from './records.js';

test('guests who are late, because this process had no time, come all at once', async () => {
  // Nobody is served, so that nobody stays.
  const server = createServer((_request, response) => response.writeHead(400).end());
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  let sent = 0;
  const count = (): void => {
    sent += 1;
  };
  subscribe('undici:request:create', count);
  const records = new Records();
  const guests = new Guests(() => new Browser(`http://127.0.0.1:${port}`, records), records, 'late', 100);
  await pause(50);
  const until = Date.now() + 1000;
  while (Date.now() < until);
  for (let turns = 0; turns < 5; turns += 1) await nextTurn();
  unsubscribe('undici:request:create', count);
  expect(sent).toBeGreaterThan(100);
  await guests.end();
  server.close();
});
