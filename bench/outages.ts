import { setTimeout as pause } from 'node:timers/promises';
import { OUTAGES } from '../services/order-service/outage-fixture.js';
import { NetworkFixture } from '@cafe-lumiere/runtime/testing';
import type { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../images/bundled-server.js';

const AWAY_MS = 6000;

/** For each kind of outage: from the moment when PostgreSQL takes our role's queries again to the first order. */
export async function measureOutages(server: PostgresFixture): Promise<readonly string[]> {
  const network = await NetworkFixture.to(server.port);
  const environment = { ...server.environment, DB_PORT: String(network.port) };
  const service = await ProcessFixture.start(await bundledServer('order-service'), environment);
  await service.readyz(200);
  const rows: string[] = [];
  for (const outage of OUTAGES) {
    const end = await outage.begin(server, network);
    // Guests go on trying meanwhile.
    const guests = { going: true };
    const guest = (async () => {
      while (guests.going) {
        await order(service.url);
        await pause(50);
      }
    })();
    await pause(AWAY_MS);
    guests.going = false;
    await guest;
    await end();
    await server.answering();
    const back = performance.now();
    while (!(await order(service.url))) await pause(10);
    const milliseconds = performance.now() - back;
    await service.readyz(200);
    rows.push(
      `| the first order after the database was ${outage.name} for ${AWAY_MS / 1000} s | **${milliseconds.toFixed(0)} ms** | at most 1000 ms |`,
    );
  }
  service.signal('SIGKILL');
  await service.exited;
  network.close();
  return rows;
}

async function order(url: string): Promise<boolean> {
  const response = await fetch(`${url}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] }),
  });
  await response.arrayBuffer();
  return response.status === 201;
}
