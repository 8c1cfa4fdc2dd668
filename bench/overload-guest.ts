import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';

/** What a page gives up after, in milliseconds. */
const LIMIT_MS = 15_000;

/** One answer, or none: then its status is 0. */
export interface Answered {
  readonly status: number;
  readonly milliseconds: number;
  /** When it was there, or given up. */
  readonly at: number;
  readonly text: string;
}

/** Somebody with a browser. */
export class OverloadClient {
  constructor(
    private readonly origin: string,
    private readonly agent: Agent = new Agent({ keepAlive: true, maxSockets: 1 }),
  ) {}

  close(): void {
    this.agent.destroy();
  }

  send(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<Answered> {
    const began = performance.now();
    return new Promise((done) => {
      const answered = (status: number, text = ''): void => {
        clearTimeout(limit);
        const at = performance.now();
        done({ status, milliseconds: at - began, at, text });
      };
      const call = request(
        `${this.origin}${path}`,
        { method, agent: this.agent, headers },
        (answer: IncomingMessage) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => {
            answered(answer.statusCode ?? 0, text);
          });
          answer.on('error', () => {
            answered(0);
          });
        },
      );
      const limit = setTimeout(() => call.destroy(), LIMIT_MS);
      call.on('error', () => {
        answered(0);
      });
      call.end(body);
    });
  }
}

/** What a visit came to. */
export interface Visit {
  /** Each step that was taken, in order; the last one says why it ended. */
  readonly steps: readonly Answered[];
  /** Of the order, when it was taken. */
  readonly orderNumber?: string;
}

const ORDER = '{"customer_name":"Ada","items":[{"id":1,"quantity":2}]}';

/** A guest that nobody has seen before: opens the page with what belongs to it, orders, and looks once what has become of it. */
export async function visit(origin: string, gateway?: Agent): Promise<Visit> {
  const client = new OverloadClient(origin, gateway);
  const steps: Answered[] = [];
  const step = async (...words: Parameters<OverloadClient['send']>): Promise<Answered> => {
    const answer = await client.send(...words);
    steps.push(answer);
    return answer;
  };
  try {
    const page = await step('GET', '/', { accept: 'text/html' });
    if (page.status !== 200) return { steps };
    for (const [, path = ''] of page.text.matchAll(/(?:href|src)="(\/assets\/[^"]*\.(?:css|js))"/g)) {
      if ((await step('GET', path)).status !== 200) return { steps };
    }
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const placed = await step('POST', '/api/orders', headers, ORDER);
    const orderNumber = /"order_number":"([^"]+)"/.exec(placed.text)?.[1];
    if (placed.status !== 201 || orderNumber === undefined) return { steps };
    await step('GET', `/api/orders/${orderNumber}`);
    return { steps, orderNumber };
  } finally {
    if (!gateway) client.close();
  }
}
