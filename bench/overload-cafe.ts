import { PostgresFixture, ProcessFixture } from '@cafe-lumiere/runtime/testing';
import type { Plugin } from 'esbuild';
import { bundledServer } from '../images/bundled-server.js';
import { ProcessorShare } from './processor-share.js';

/** Of a processor, for each of the three services: they have too much to do before the machine has. */
export const CORES = 0.15;

/** Whether requests are refused when there are too many, or all begun as before there was admission. */
export type Admission = 'with' | 'without';

/** The three services as processes, each with a fraction of a processor, and a PostgreSQL without a limit. */
export class OverloadCafe {
  /** @param log - receives PostgreSQL's own log, a line at a time */
  static async start(admission: Admission, log?: (line: string) => void): Promise<OverloadCafe> {
    const postgres = await PostgresFixture.start(log ? { log } : {});
    const cafe = new OverloadCafe(postgres, admission);
    try {
      const orders = await cafe.add('order-service', postgres.environment);
      await orders.readyz(200);
      const ORDER_SERVICE_URL = orders.url;
      const kitchen = await cafe.add('kitchen-service', { ORDER_SERVICE_URL });
      const frontend = await cafe.add('frontend', {
        ORDER_SERVICE_URL,
        KITCHEN_SERVICE_URL: kitchen.url,
        // All guests come from one address here.
        ORDERS_PER_MINUTE: '1000000',
      });
      await frontend.readyz(200);
      cafe.origin = frontend.url;
      for (const { processId } of cafe.services) cafe.shares.push(new ProcessorShare(processId, CORES));
      return cafe;
    } catch (error) {
      await cafe.end();
      throw error;
    }
  }

  /** Where its guests go. */
  origin = '';
  private readonly services: ProcessFixture[] = [];
  private readonly shares: ProcessorShare[] = [];

  private constructor(
    readonly postgres: PostgresFixture,
    private readonly admission: Admission,
  ) {}

  async end(): Promise<void> {
    for (const service of this.services) service.signal('SIGKILL');
    await Promise.all(this.services.map(({ exited }) => exited));
    for (const share of this.shares) share.remove();
    await this.postgres.remove();
  }

  private async add(name: string, environment: Readonly<Record<string, string>>): Promise<ProcessFixture> {
    const program = await bundledServer(name, this.admission === 'with' ? undefined : withoutAdmission);
    const service = await ProcessFixture.start(program, environment);
    this.services.push(service);
    return service;
  }
}

/** Of the same service, with everybody admitted. */
const withoutAdmission: Plugin = {
  name: 'without-admission',
  setup: (bundle) => {
    bundle.onLoad({ filter: /overload\/admission\.ts$/ }, () => ({
      contents: `export const admitRequests = (server, { answer }) => server.on('request', answer);`,
    }));
  },
};
