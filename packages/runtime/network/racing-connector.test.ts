import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type LookupFunction, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Agent, buildConnector, request } from 'undici';
import { freePort } from '../testing/free-port.js';
import { racingConnector } from './racing-connector.js';

/** Linux asks again for a connection after 1 s at the earliest (RFC 6298); what succeeds before was another one. */
const BEFORE_LINUX_ASKS_AGAIN_MS = 800;

test('an attempt that throws is an answer, and not the end of the process', async () => {
  const calls = { count: 0 };
  const lookup: LookupFunction = () => {
    calls.count += 1;
    // The first is met with silence, and the second is made by a timer.
    if (calls.count > 1) throw new Error('no route');
  };
  const agent = new Agent({ connect: racingConnector({ timeoutMs: 5000, attemptDelayMs: 20, lookup }) });
  await expect(request('http://nobody.invalid/', { dispatcher: agent })).rejects.toThrow('no route');
  await agent.destroy();
});

describe('a connection that nobody answers', () => {
  let port: number;
  let server: ChildProcess;
  let queue: Socket[];
  beforeEach(async () => {
    port = await freePort();
    const program = `require('http').createServer((request, response) => response.end('here')).listen({ port: ${port}, host: '127.0.0.1', backlog: 1 }, () => console.log('listening'))`;
    server = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (server.stdout) await once(server.stdout, 'data');
    // It takes no connections, and the kernel keeps two for it; from then on nobody answers, as on a machine that is off.
    server.kill('SIGSTOP');
    queue = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await pause(100);
  });
  afterEach(() => {
    for (const socket of queue) socket.destroy();
    server.kill('SIGKILL');
  });

  const ask = async (connector: buildConnector.connector): Promise<string> => {
    const agent = new Agent({ connect: connector });
    try {
      const answer = request(`http://127.0.0.1:${port}/`, { dispatcher: agent });
      setTimeout(() => server.kill('SIGCONT'), 200);
      return await (await answer).body.text();
    } finally {
      await agent.destroy();
    }
  };

  test('is attempted once more, and that attempt is answered', async () => {
    await expect(
      ask(racingConnector({ timeoutMs: BEFORE_LINUX_ASKS_AGAIN_MS, attemptDelayMs: 150 })),
    ).resolves.toBe('here');
  });

  test('without one, waits for its time to be over', async () => {
    await expect(ask(buildConnector({ timeout: BEFORE_LINUX_ASKS_AGAIN_MS }))).rejects.toMatchObject({
      code: 'UND_ERR_CONNECT_TIMEOUT',
    });
  });

  test('is given up after the time for all of them', async () => {
    const agent = new Agent({ connect: racingConnector({ timeoutMs: 300, attemptDelayMs: 100 }) });
    await expect(request(`http://127.0.0.1:${port}/`, { dispatcher: agent })).rejects.toMatchObject({
      code: 'UND_ERR_CONNECT_TIMEOUT',
    });
    await agent.destroy();
  });

  test('is attempted so often at most', async () => {
    let attempts = 0;
    const lookup: LookupFunction = (_name, _options, callback) => {
      attempts += 1;
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    const agent = new Agent({
      connect: racingConnector({ timeoutMs: 600, attemptDelayMs: 10, maxAttempts: 3, lookup }),
    });
    await expect(request(`http://example.test:${port}/`, { dispatcher: agent })).rejects.toMatchObject({
      code: 'UND_ERR_CONNECT_TIMEOUT',
    });
    expect(attempts).toBe(3);
    await agent.destroy();
  });
});

test('a refusal is an answer: there is no other attempt', async () => {
  const agent = new Agent({ connect: racingConnector({ timeoutMs: 5000, attemptDelayMs: 10 }) });
  await expect(request(`http://127.0.0.1:${await freePort()}/`, { dispatcher: agent })).rejects.toMatchObject(
    {
      code: 'ECONNREFUSED',
    },
  );
  await agent.destroy();
});

test('TLS begins once, however long it takes: more handshakes make none of them sooner', async () => {
  // Accepts and says nothing, as a server does that has more handshakes to do than it can.
  const connections: Socket[] = [];
  const server = createServer((socket) => connections.push(socket.on('error', () => undefined)));
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ connect: racingConnector({ timeoutMs: 500, attemptDelayMs: 20 }) });
  await expect(request(`https://127.0.0.1:${port}/`, { dispatcher: agent })).rejects.toMatchObject({
    code: 'UND_ERR_CONNECT_TIMEOUT',
  });
  expect(connections).toHaveLength(1);
  await agent.destroy();
  for (const socket of connections) socket.destroy();
  server.close();
});

test('an address with TLS and without a port is at 443', async () => {
  const agent = new Agent({ connect: racingConnector({ timeoutMs: 5000, attemptDelayMs: 10 }) });
  // Nobody listens there on a machine that tests run on, and the refusal says where it was asked.
  await expect(request('https://127.0.0.1/', { dispatcher: agent })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    port: 443,
  });
  await agent.destroy();
});
