import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { order, type Order } from '../order-life.js';
import { Board } from './board.js';
import type { Browser, PageAnswer } from './browser.js';
import { click } from './persistence.js';
import type { Records } from './records.js';

/** How long a cook looks at an order before each press, in milliseconds. */
const LOOK_MS = 250;
/** How long the last orders of the day may take, in milliseconds. */
const LAST_ORDERS_MS = 15_000;

const STEPS = { ordered: 'start', preparing: 'ready', ready: 'serve' } as const;
const AFTER = { start: 'preparing', ready: 'ready', serve: 'served' } as const;

/**
 * Whether an order is where a step leads, or further. A step that was done, and whose answer was lost, is sent again; the
 * board shows meanwhile that it is done, and the cook may have pressed the next button.
 */
function isFurther({ status, text }: PageAnswer, step: keyof typeof AFTER): boolean {
  if (status !== 409) return false;
  const current = conflict.safeParse(JSON.parse(text)).data?.current_status;
  const statuses = Object.values(AFTER);
  return statuses.findIndex((one) => one === current) >= statuses.indexOf(AFTER[step]);
}

const conflict = z.object({ current_status: z.string() });

/**
 * Cooks, each with a page of the kitchen. They share the guests' orders out among them, so that no two press the same
 * button: then every step has one right answer.
 */
export class Cooks {
  private readonly boards: readonly Board<Order>[];
  /** What was pressed last, by order number: a board that was asked before that shows what was before it. */
  private readonly pressed = new Map<string, Order['status']>();
  private readonly working = new Set<Promise<void>>();

  /** @param name - what the names of the guests begin with whose orders are cooked */
  constructor(
    open: () => Browser,
    private readonly records: Records,
    private readonly name: string,
    cooks: number,
  ) {
    this.boards = Array.from({ length: cooks }, (_, cook) => {
      const board = new Board<Order>(open, records, 'kitchen', true, order, (orders) => {
        for (const each of orders) if (this.isOf(each, cook, cooks)) this.look(board, each);
      });
      return board;
    });
  }

  /** Serves what was ordered; then no new presses. Resolves when the last one has an answer. */
  async end(): Promise<void> {
    const end = Date.now() + LAST_ORDERS_MS;
    while (Date.now() < end && this.open) await pause(100);
    await Promise.all(this.boards.map((board) => board.stop()));
    await Promise.all(this.working);
    await Promise.all(this.boards.map((board) => board.close()));
  }

  private get open(): boolean {
    const { acknowledgements, steps } = this.records;
    return acknowledgements.some(({ orderNumber }) => steps.get(orderNumber) !== 'served');
  }

  private isOf({ customer_name: customer, id }: Order, cook: number, cooks: number): boolean {
    return customer.startsWith(`${this.name}-`) && id % cooks === cook;
  }

  private look(board: Board<Order>, order: Order): void {
    const { order_number: number, status } = order;
    if (
      status === 'served' ||
      status === 'cancelled' ||
      this.pressed.get(number) === status ||
      !this.isNews(number, status)
    )
      return;
    this.pressed.set(number, status);
    const work: Promise<void> = this.press(board, number, STEPS[status]).finally(() =>
      this.working.delete(work),
    );
    this.working.add(work);
  }

  private isNews(number: string, status: Exclude<Order['status'], 'served' | 'cancelled'>): boolean {
    const last = this.pressed.get(number);
    if (last === undefined || last === 'served') return last === undefined;
    return Object.keys(STEPS).indexOf(status) > Object.keys(STEPS).indexOf(last);
  }

  private async press(
    board: Board<Order>,
    number: string,
    step: (typeof STEPS)[keyof typeof STEPS],
  ): Promise<void> {
    await pause(LOOK_MS);
    const answer = await click(
      board.browser,
      'cook',
      { kind: 'step', method: 'POST', path: `/api/kitchen/orders/${number}/${step}`, expects: 200 },
      Date.now(),
      { passing: [408, 429], isDone: (answer) => isFurther(answer, step) },
    );
    if (answer) this.records.steps.set(number, AFTER[step]);
  }
}
