import { z } from 'zod';
import { kitchenServer } from '../kitchen-service/kitchen-service.js';
import { orderServer } from '../order-service/order-service.js';
import { order, type Order } from '../order-service/order.js';
import { BalancerFixture } from '@cafe-lumiere/runtime/testing';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { frontendServer } from './frontend.js';

/** Nobody listens on port 1. */
const NOBODY = new URL('http://127.0.0.1:1');

/** The whole café for one test file: the three services in the test's process, and a real PostgreSQL. */
export class CafeFixture {
  /** @param environment - of each service, besides. @default - none */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<CafeFixture> {
    const postgres = await PostgresFixture.start();
    const orders = await ServiceFixture.start(orderServer, { ...postgres.environment, ...environment });
    const network = await BalancerFixture.over([new URL(orders.url)]);
    const ORDER_SERVICE_URL = network.url;
    const kitchen = await ServiceFixture.start(kitchenServer, { ORDER_SERVICE_URL, ...environment });
    const pages = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL,
      KITCHEN_SERVICE_URL: kitchen.url,
      ...environment,
    });
    await orders.readyz(200);
    return new CafeFixture(postgres, network, orders, kitchen, pages);
  }

  private constructor(
    readonly postgres: PostgresFixture,
    /** Between order-service and those who call it. */
    private readonly network: BalancerFixture,
    readonly orders: ServiceFixture,
    readonly kitchen: ServiceFixture,
    readonly pages: ServiceFixture,
  ) {}

  /** Places an order of one espresso through the frontend. */
  async order(customerName = 'Zoë'): Promise<Order> {
    const body = { customer_name: customerName, items: [{ id: 1, quantity: 1 }] };
    return order.parse((await this.pages.send('POST', '/api/orders', { body })).body);
  }

  /** The orders of one guest, as order-service has them. */
  async ordersOf(customerName: string): Promise<readonly Order[]> {
    const { body } = await this.orders.send('GET', '/orders');
    return z
      .array(order)
      .parse(body)
      .filter((each) => each.customer_name === customerName);
  }

  /** Each status that an order has had, the first one first, as the database has them. */
  async historyOf(orderNumber: string): Promise<readonly string[]> {
    const sql = this.postgres.client();
    const rows = await sql<{ status: string }[]>`
      select event.status from order_events event join orders on orders.id = event.order_id
      where order_number = ${orderNumber} order by event.id`;
    await sql.end();
    return rows.map(({ status }) => status);
  }

  /** Takes order-service away from those who call it, as when none of its pods is there. */
  takeOrderServiceAway(): void {
    this.network.backends = [NOBODY];
    this.network.cut();
  }

  bringOrderServiceBack(): void {
    this.network.backends = [new URL(this.orders.url)];
  }

  async end(): Promise<void> {
    for (const service of [this.pages, this.kitchen, this.orders]) await service.drain();
    this.network.close();
    await this.postgres.remove();
  }
}
