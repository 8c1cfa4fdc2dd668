import type { Order, Status } from '../order-service/order.js';
import { html, type Html } from './html.js';

/** The orders on a board at a moment; none when they could not be read. */
export interface Board<Shown extends Pick<Order, 'status'> = Order> {
  readonly orders: readonly Shown[] | undefined;
  readonly now: Date;
}

/** Seconds after which a browser without JavaScript asks again. */
export const BOARD_REFRESH_SECONDS = 5;

/** The orders of one column, in the board's order. */
export function ordersIn<Shown extends Pick<Order, 'status'>>(
  board: Board<Shown>,
  status: Status,
): readonly Shown[] {
  return (board.orders ?? []).filter((order) => order.status === status);
}

/** Never a silently old or empty board. The scripts use the same element, see assets/live.js. */
export function staleBanner({ orders }: Board<Pick<Order, 'status'>>): Html {
  return orders
    ? html`<p id="stale" class="stale" role="alert" hidden></p>`
    : html`<p id="stale" class="stale" role="alert">
        The orders cannot be read just now. This page keeps asking.
      </p>`;
}
