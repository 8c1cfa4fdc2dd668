import { z } from 'zod';
import { kitchenService } from '../kitchen-service/kitchen-service.js';
import { orderService } from '../order-service/order-service.js';
import { order, type Order } from '../order-service/order.js';
import { PostgresFixture } from '../runtime/postgres-fixture.js';
import { ServiceFixture } from '../runtime/service-fixture.js';
import { frontend } from './frontend.js';

/** The whole café for one test file: the three services in the test's process, and a real PostgreSQL. */
export class CafeFixture {
  static async start(): Promise<CafeFixture> {
    const postgres = await PostgresFixture.start();
    const orders = await ServiceFixture.start(orderService, postgres.environment);
    const ORDER_SERVICE_URL = orders.url;
    const kitchen = await ServiceFixture.start(kitchenService, { ORDER_SERVICE_URL });
    const pages = await ServiceFixture.start(frontend, {
      ORDER_SERVICE_URL,
      KITCHEN_SERVICE_URL: kitchen.url,
    });
    await orders.readyz(200);
    return new CafeFixture(postgres, orders, kitchen, pages);
  }

  private constructor(
    readonly postgres: PostgresFixture,
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

  async end(): Promise<void> {
    for (const service of [this.pages, this.kitchen, this.orders]) await service.drain();
    await this.postgres.remove();
  }
}
