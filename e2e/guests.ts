import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expectStatus, order, orderBody } from './order-life.js';
import { z } from 'zod';

/** What the guests saw. */
export interface Ledger {
  /** Orders that were acknowledged. */
  readonly acknowledged: ReadonlySet<string>;
  /** Clicks that the page could not bring to an end. */
  readonly failedClicks: readonly string[];
  /** Clicks that needed more than one request. */
  readonly retriedClicks: number;
  /** Requests that got a wrong answer or none. */
  readonly failedRequests: readonly string[];
}

/** Guests give up after this, in milliseconds: the page goes on trying as long with the same key. */
const CLICK_LIMIT_MS = 20_000;
/** One request of the page, in milliseconds: services/frontend/assets. */
const REQUEST_LIMIT_MS = 3000;

/** Guests who order one after the other, as the page does: each click with its key, retried with the same key. */
export class Guests {
  private readonly acknowledged = new Set<string>();
  private readonly failedClicks: string[] = [];
  private readonly failedRequests: string[] = [];
  private retriedClicks = 0;
  private readonly end = new AbortController();
  private readonly running: Promise<void>;

  /**
   * @param frontend - where the pages are
   * @param everyMilliseconds - between two clicks
   */
  constructor(
    private readonly frontend: string,
    everyMilliseconds = 150,
  ) {
    this.running = this.order(everyMilliseconds);
  }

  /** Sends the guests home and resolves with what they saw when the last click has ended. */
  async goHome(): Promise<Ledger> {
    this.end.abort();
    await this.running;
    const { acknowledged, failedClicks, failedRequests, retriedClicks } = this;
    return { acknowledged, failedClicks, failedRequests, retriedClicks };
  }

  private async order(everyMilliseconds: number): Promise<void> {
    const clicks: Promise<void>[] = [];
    // An open loop: the next guest does not wait until the one before has been served.
    for (let number = 1; !this.end.signal.aborted; number += 1) {
      clicks.push(this.click(`guest ${number}`));
      await pause(everyMilliseconds);
    }
    await Promise.all(clicks);
  }

  private async click(customer: string): Promise<void> {
    const key = randomUUID();
    const started = Date.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(`${this.frontend}/api/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: orderBody(customer),
          signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
        });
        const text = await response.text();
        if (response.status !== 201) throw new Error(`answered ${response.status}: ${text}`);
        this.acknowledged.add(order.parse(JSON.parse(text)).order_number);
        if (attempt > 1) this.retriedClicks += 1;
        return;
      } catch (error) {
        const reason = `${customer}, request ${attempt}: ${describe(error)}`;
        this.failedRequests.push(reason);
        if (Date.now() - started > CLICK_LIMIT_MS) {
          this.failedClicks.push(reason);
          return;
        }
        await pause(Math.min(2000, 200 * 2 ** attempt));
      }
    }
  }
}

/**
 * Compares what the guests were told with what is there.
 *
 * @returns acknowledged orders that are missing, in words
 */
export async function missingOrders(frontend: string, ledger: Ledger): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const number of ledger.acknowledged) {
    const found = z
      .object({ order_number: z.string() })
      .safeParse(await expectStatus(`${frontend}/api/orders/${number}`, 200));
    if (found.data?.order_number !== number) missing.push(number);
  }
  return missing;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
