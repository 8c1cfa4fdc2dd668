import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { order, orderBody } from '../order-life.js';
import type { Browser } from './browser.js';
import { click } from './persistence.js';
import type { Records } from './records.js';

/** Phones in the café. Each is used again and again, so that its connections are old ones when something happens. */
const PHONES = 20;
/** Every so many guests the page is loaded anew. */
const PAGE_EVERY = 5;
/** A page without a stream asks so often whether its order is ready, in milliseconds. */
const FOLLOW_MS = 2000;
/** Questions after an order, at most. */
const FOLLOWS = 3;

/** Guests who come at a steady rate, whether or not those before them have been served: an open loop. */
export class Guests {
  private readonly phones: readonly Browser[];
  private readonly leaving = new AbortController();
  private readonly visits = new Set<Promise<void>>();
  private readonly coming: Promise<void>;

  /**
   * @param name - what the customers' names begin with, so that the ledger finds their orders
   * @param perSecond - guests who order
   */
  constructor(
    open: () => Browser,
    private readonly records: Records,
    private readonly name: string,
    private readonly perSecond: number,
  ) {
    // Every guest who waits listens to it.
    setMaxListeners(0, this.leaving.signal);
    this.phones = Array.from({ length: PHONES }, open);
    this.coming = this.come();
  }

  /** No new guests; resolves when the last one has an answer. */
  async end(): Promise<void> {
    this.leaving.abort();
    await this.coming;
    await Promise.all(this.visits);
    await Promise.all(this.phones.map((phone) => phone.close()));
  }

  private async come(): Promise<void> {
    const first = Date.now();
    for (let number = 0; ; number += 1) {
      const due = first + (number * 1000) / this.perSecond;
      await this.wait(due - Date.now());
      const phone = this.phones[number % PHONES];
      if (this.closed || !phone) return;
      const page = number % PAGE_EVERY === 0 ? phone.ask({ kind: 'page', path: '/' }) : undefined;
      const visit: Promise<void> = Promise.all([page, this.order(phone, number, due)])
        .then(() => undefined)
        .finally(() => this.visits.delete(visit));
      this.visits.add(visit);
    }
  }

  private get closed(): boolean {
    return this.leaving.signal.aborted;
  }

  /**
   * Waits, but not after closing time. Not at all where it is time already: a process that is late would have one guest a
   * turn of its event loop, and be later with each.
   */
  private async wait(milliseconds: number): Promise<void> {
    const { signal } = this.leaving;
    if (milliseconds > 0) await pause(milliseconds, undefined, { signal }).catch(() => undefined);
  }

  private async order(phone: Browser, number: number, due: number): Promise<void> {
    const customer = `${this.name}-${number}`;
    const answer = await click(
      phone,
      'guest',
      {
        kind: 'order',
        method: 'POST',
        path: '/api/orders',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: orderBody(customer),
        expects: 201,
      },
      due,
      { passing: [408, 409, 429] },
    );
    if (!answer) return;
    const { order_number: orderNumber } = order.parse(JSON.parse(answer.text));
    this.records.acknowledgements.push({ customer, orderNumber, at: Date.now() });
    for (let asked = 0; asked < FOLLOWS; asked += 1) {
      await this.wait(FOLLOW_MS);
      if (this.closed) return;
      const now = await phone.ask({ kind: 'follow', path: `/api/orders/${orderNumber}` });
      if (now?.status === 200 && order.pick({ status: true }).parse(JSON.parse(now.text)).status === 'served')
        return;
    }
  }
}
