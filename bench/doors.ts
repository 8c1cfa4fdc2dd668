import { connect, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { PostgresFixture, ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { Agent, request } from 'undici';
import { bundledServer } from '../images/bundled-server.js';
import { residentMegabytes } from './program.js';
import { writeSection } from './section.js';
import { percentile } from './statistics.js';

// What the doors hold, into docs/security.md: attacks on a café of this computer, each with a guest beside it who only wants a coffee. Every part is
// bounded in count and time, and addresses 127.0.0.1 alone.

const UNREAD_CLIENTS = 400;
const UNREAD_SECONDS = 20;
const FLOOD_ORDERS = 1200;
const FLOOD_SECONDS = 10;
const IDLE_CONNECTIONS = 3000;

const server = await PostgresFixture.start();
const orders = await ProcessFixture.start(await bundledServer('order-service'), server.environment);
const kitchen = await ProcessFixture.start(await bundledServer('kitchen-service'), {
  ORDER_SERVICE_URL: orders.url,
});
const pages = await ProcessFixture.start(await bundledServer('frontend'), {
  ORDER_SERVICE_URL: orders.url,
  KITCHEN_SERVICE_URL: kitchen.url,
});
const { hostname, port } = new URL(pages.url);
/** Comes from another address than the attacker. */
const guest = new Agent({ localAddress: '127.0.0.2' });
const attacker = new Agent({ connections: 50 });

const order = async (dispatcher: Agent): Promise<number> => {
  const { statusCode, body } = await request(`${pages.url}/api/orders`, {
    ...{ method: 'POST', dispatcher },
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({ customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] }),
  });
  await body.dump();
  return statusCode;
};

/** Orders one coffee after the other until the end. @returns what each took, and how many were not taken */
async function guestsUntil(end: number): Promise<{ readonly times: number[]; readonly failed: number }> {
  const times: number[] = [];
  let failed = 0;
  while (performance.now() < end) {
    const began = performance.now();
    if ((await order(guest).catch(() => 0)) !== 201) failed += 1;
    times.push(performance.now() - began);
    await pause(100);
  }
  return { times, failed };
}

const open = (text: string, count: number): Promise<Socket[]> =>
  Promise.all(
    Array.from(
      { length: count },
      (_, index) =>
        new Promise<Socket>((done) => {
          // Of one address only so many streams are answered, so there are two.
          const from = { localAddress: `127.0.0.${3 + (index % 2)}` };
          const socket = connect({ host: hostname, port: Number(port), ...from }, () => {
            if (text !== '') socket.write(text);
            done(socket);
          });
          socket.on('error', () => {
            done(socket);
          });
        }),
    ),
  );

const rows = ['| attack | measured | aim |', '| --- | --- | --- |'];
const row = (what: string, measured: string, aim: string): void => {
  const line = `| ${what} | **${measured}** | ${aim} |`;
  console.log(line);
  rows.push(line);
};
const beside = ({ times, failed }: { readonly times: number[]; readonly failed: number }): string =>
  `a guest beside it: ${times.length} orders, ${failed} failed, p99 ${percentile(times, 99).toFixed(0)} ms`;

/** Streams that nobody reads, each from the first event that there is, while every order makes another one. */
async function unreadStreams(): Promise<void> {
  const before = residentMegabytes(pages.processId);
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, residentMegabytes(pages.processId));
  }, 200);
  const get = `GET /api/display/events HTTP/1.1\r\nHost: cafe\r\nLast-Event-ID: 1\r\n\r\n`;
  const sockets = (await open(get, UNREAD_CLIENTS)).map((socket) => socket.pause());
  const served = await guestsUntil(performance.now() + UNREAD_SECONDS * 1000);
  clearInterval(watch);
  for (const socket of sockets) socket.destroy();
  row(
    `memory of a frontend under ${UNREAD_CLIENTS} streams that nobody reads (${before.toFixed(0)} MB before; ${beside(served)})`,
    `${highest.toFixed(0)} MB`,
    'below 200 MB',
  );
}

async function flood(): Promise<void> {
  const end = performance.now() + FLOOD_SECONDS * 1000;
  const beforeIt = guestsUntil(end);
  const answers = new Map<number, number>();
  const every = (FLOOD_SECONDS * 1000) / FLOOD_ORDERS;
  const sent: Promise<void>[] = [];
  for (let count = 0; count < FLOOD_ORDERS; count += 1) {
    sent.push(
      order(attacker).then((status) => {
        answers.set(status, (answers.get(status) ?? 0) + 1);
      }),
    );
    await pause(every);
  }
  await Promise.all(sent);
  const said = [...answers].map(([status, count]) => `${count} × ${status}`).join(', ');
  row(
    `orders of one client, ${FLOOD_ORDERS} in ${FLOOD_SECONDS} s (${said}; ${beside(await beforeIt)})`,
    `${answers.get(429) ?? 0} refused`,
    'most of them',
  );
}

async function slowClients(): Promise<void> {
  const partial = {
    'a request whose headers never end': 'GET / HTTP/1.1\r\nHost: cafe\r\n',
    'a body that never ends':
      'POST /api/orders HTTP/1.1\r\nHost: cafe\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
  };
  for (const [what, text] of Object.entries(partial)) {
    const [socket] = await open(text, 1);
    if (!socket) continue;
    const began = performance.now();
    const drip = setInterval(() => socket.write('a'), 500);
    socket.resume();
    await new Promise((done) => socket.once('close', done));
    clearInterval(drip);
    row(
      `${what}, a byte each half second`,
      `ended after ${((performance.now() - began) / 1000).toFixed(1)} s`,
      '15 s',
    );
  }
}

async function idleConnections(): Promise<void> {
  const sockets = await open('', IDLE_CONNECTIONS);
  const served = await guestsUntil(performance.now() + 5000);
  const left = sockets.filter((socket) => !socket.closed && !socket.destroyed).length;
  for (const socket of sockets) socket.destroy();
  row(
    `${IDLE_CONNECTIONS} connections that say nothing (${left} are left; ${beside(served)})`,
    `${served.failed} failed`,
    'none',
  );
}

process.once('SIGINT', () => process.exit(130));
try {
  await Promise.all([orders.readyz(200), kitchen.readyz(200), pages.readyz(200)]);
  await idleConnections();
  await unreadStreams();
  await flood();
  await slowClients();
  writeSection('docs/security.md', 'attacks', rows.join('\n'));
} finally {
  for (const service of [pages, kitchen, orders]) {
    service.signal('SIGKILL');
    await service.exited;
  }
  await Promise.all([guest.destroy(), attacker.destroy()]);
  await server.remove();
}
