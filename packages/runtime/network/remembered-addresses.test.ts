import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { errorCode } from './network-error.js';
import { RememberedAddresses } from './remembered-addresses.js';
import { racingConnector } from './racing-connector.js';

const error = (code: string): Error => Object.assign(new Error(code), { code });

describe('remembered addresses', () => {
  /** A DNS whose answers are given by the test, and a clock that it moves. */
  const make = () => {
    const dns = { questions: 0, answers: new Array<Promise<LookupAddress[]>>() };
    const clock = { now: 0 };
    const addresses = new RememberedAddresses(
      () => {
        dns.questions += 1;
        return dns.answers.shift() ?? new Promise(() => undefined);
      },
      () => clock.now,
    );
    const lookup = () =>
      new Promise<string>((done, fail) => {
        addresses.lookup('order-service', {}, (problem, found) => {
          if (problem) fail(problem);
          else done(typeof found === 'string' ? found : '');
        });
      });
    const says = (address: string) => dns.answers.push(Promise.resolve([{ address, family: 4 }]));
    return { dns, clock, lookup, says };
  };

  test('a name is asked for once by all who come at the same time, and not again while it is fresh', async () => {
    const { dns, clock, lookup, says } = make();
    says('10.96.0.1');
    await expect(Promise.all([lookup(), lookup()])).resolves.toEqual(['10.96.0.1', '10.96.0.1']);
    clock.now = 4999;
    await expect(lookup()).resolves.toBe('10.96.0.1');
    expect(dns.questions).toBe(1);
  });

  test('a known name is not waited for when nobody answers any more', async () => {
    const { dns, clock, lookup, says } = make();
    says('10.96.0.1');
    await lookup();
    clock.now = 60_000;
    await expect(Promise.all([lookup(), lookup()])).resolves.toEqual(['10.96.0.1', '10.96.0.1']);
    // One question is under way for both.
    expect(dns.questions).toBe(2);
  });

  test('an address that has changed is learnt behind the caller’s back', async () => {
    const { clock, lookup, says } = make();
    says('10.96.0.1');
    await lookup();
    clock.now = 5000;
    says('10.96.0.2');
    await expect(lookup()).resolves.toBe('10.96.0.1');
    await expect(lookup()).resolves.toBe('10.96.0.2');
  });

  test.each([
    ['EAI_AGAIN', 'a DNS that is away is no name that is gone', '10.96.0.1'],
    ['ENOTFOUND', 'a name that is gone is forgotten', 'ENOTFOUND'],
  ])('after %s: %s', async (code, _, expected) => {
    const { dns, clock, lookup, says } = make();
    says('10.96.0.1');
    await lookup();
    clock.now = 5000;
    for (let time = 0; time < 2; time += 1) dns.answers.push(Promise.reject(error(code)));
    await lookup();
    await expect(lookup().catch((problem: unknown) => errorCode(problem))).resolves.toBe(expected);
  });
});

test('a connection is made with them', async () => {
  const server = createServer((_, response) => response.end('here'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const { lookup } = new RememberedAddresses(() => Promise.resolve([{ address: '127.0.0.1', family: 4 }]));
  const agent = new Agent({ connect: racingConnector({ timeoutMs: 1000, attemptDelayMs: 200, lookup }) });
  const { body } = await request(`http://no-such-service.invalid:${port}/`, { dispatcher: agent });
  await expect(body.text()).resolves.toBe('here');
  await agent.destroy();
  server.close();
});
