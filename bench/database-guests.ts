import { run } from '../e2e/command.js';
import { DatabaseRelease } from '../e2e/database/release.js';
import { eventually, must } from '../e2e/journal.js';
import { PASSWORD } from './database-servers.js';

const ORDER = JSON.stringify({ customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] });
/** Orders, each after the last was answered and a pause of 20 ms; prints the time of each that was stored. */
const SCRIPT = `
const order = async () => {
  const response = await fetch('http://localhost:5001/orders', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(ORDER)},
    signal: AbortSignal.timeout(3000),
  });
  await response.arrayBuffer();
  if (response.status === 201) console.log(Date.now());
};
for (;;) {
  await order().catch(() => {});
  await new Promise((done) => setTimeout(done, 20));
}`;

/** order-service and its guests in one pod, so that nothing but the database is between a guest and a stored order. */
export class DatabaseGuests {
  constructor(
    private readonly namespace: string,
    private readonly image: string,
  ) {}

  /** Begins to order, at a database that need not be there yet. */
  async come(service: string): Promise<void> {
    const env = {
      PORT: '5001',
      DB_HOST: service,
      DB_PORT: '5432',
      DB_NAME: DatabaseRelease.database,
      DB_USER: DatabaseRelease.role,
      DB_PASSWORD: PASSWORD,
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'guests' },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'order-service',
            image: this.image,
            env: Object.entries(env).map(([name, value]) => ({ name, value })),
          },
          { name: 'guests', image: this.image, command: ['node', '--input-type=module', '--eval', SCRIPT] },
        ],
      },
    };
    await this.kubectl('apply --filename -', JSON.stringify(pod));
    await this.kubectl('wait --for=jsonpath={.status.phase}=Running pod/guests --timeout=60s');
    await eventually(60, async () => {
      const alive = 'exec guests --container order-service -- curl -sS --fail http://localhost:9090/livez';
      await this.kubectl(alive);
    });
  }

  /** The guests' clock, in milliseconds. */
  async now(): Promise<number> {
    return Number(await this.kubectl('exec guests --container guests -- date +%s%3N'));
  }

  /** When the first order after this moment was stored, in milliseconds of the guests' clock. */
  async firstOrderAfter(moment: number): Promise<number> {
    return eventually(180, async () => {
      const first = (await this.orders()).find((time) => time > moment);
      must(first !== undefined, 'no order was stored');
      return first;
    });
  }

  /** The longest pause between two stored orders since this moment, in milliseconds. */
  async longestPauseSince(moment: number): Promise<number> {
    const times = (await this.orders()).filter((time) => time > moment);
    return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
  }

  async leave(): Promise<void> {
    await this.kubectl('delete pod guests --force --grace-period=0');
  }

  private async orders(): Promise<readonly number[]> {
    const log = await this.kubectl('logs guests --container guests');
    return log.split('\n').filter(Boolean).map(Number);
  }

  private kubectl(words: string, stdin = ''): Promise<string> {
    return run(`kubectl --namespace ${this.namespace} ${words}`, { stdin });
  }
}
