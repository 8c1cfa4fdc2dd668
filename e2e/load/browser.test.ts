import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { Browser, type PageRequest } from './browser.js';
import { click } from './persistence.js';
import { Records } from './records.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const browserAt = async (
  answer: (response: ServerResponse, call: number) => void,
): Promise<{ readonly browser: Browser; readonly records: Records }> => {
  const calls: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    answer(response, calls.push(request));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.push(() => server.close());
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const records = new Records();
  const browser = new Browser(`http://127.0.0.1:${port}`, records);
  cleanups.push(() => browser.close());
  return { browser, records };
};
const request: PageRequest & { readonly expects: number } = {
  kind: 'order',
  method: 'POST',
  path: '/',
  expects: 200,
};
const press = (browser: Browser) => click(browser, 'guest', request, Date.now(), { passing: [] });

test('a request that nobody answers fails, and the click is done by a second one beside it', async () => {
  const { browser, records } = await browserAt((response, call) => {
    if (call === 2) response.end('{}');
  });
  await expect(press(browser)).resolves.toMatchObject({ status: 200 });
  // Done long before the first one is given up, which is what fails it.
  expect(records.requests).toEqual([expect.not.objectContaining({ failure: expect.anything() })]);
  const [clicked] = records.clicks;
  expect(clicked).toMatchObject({ attempts: 2 });
  // Said when the second one was sent.
  expect(clicked?.saidAfter).toBeLessThanOrEqual(clicked?.milliseconds ?? 0);
  while (records.requests.length < 2) await pause(50);
  expect(records.requests.map(({ failure }) => failure !== undefined).sort()).toEqual([false, true]);
});

test('a second request that is told "not now" is an answer: the silent first one is not waited for', async () => {
  const { browser, records } = await browserAt((response, call) => {
    if (call > 1) response.writeHead(call === 2 ? 503 : 200).end('{}');
  });
  await expect(press(browser)).resolves.toMatchObject({ status: 200 });
  expect(records.clicks).toEqual([expect.objectContaining({ attempts: 3 })]);
  // The first one has not failed yet.
  expect(records.requests.map(({ failure }) => failure !== undefined)).toEqual([true, false]);
});

test('an answer that comes late is the right one', async () => {
  let late: ServerResponse | undefined;
  const { browser, records } = await browserAt((response, call) => {
    if (call === 1) late = response;
    else late?.end('{}');
  });
  await expect(press(browser)).resolves.toMatchObject({ status: 200 });
  expect(records.clicks).toEqual([expect.not.objectContaining({ failure: expect.anything() })]);
});
