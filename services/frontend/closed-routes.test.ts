import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { kitchenApi } from '../kitchen-service/api.js';
import { orderApi } from '../order-service/api.js';
import { CafeFixture } from './cafe-fixture.js';
import { frontendServer } from './frontend.js';
import { sweep, type Tried } from './sweep-fixture.js';

const GUEST = 'Guest Whom Nobody Else Knows';

/** With a staff password, and nobody who has given it. */
describe('what is closed', () => {
  let cafe: CafeFixture;
  let pages: ServiceFixture;
  beforeAll(async () => {
    cafe = await CafeFixture.start();
    pages = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL: cafe.orders.url,
      KITCHEN_SERVICE_URL: cafe.kitchen.url,
      STAFF_PASSWORD: 'croissant-with-butter',
    });
  });
  afterAll(async () => {
    await pages.drain();
    await cafe.end();
  });

  /** The methods by which everybody may ask for a path. */
  const openMethodsOf = (path: string): ReadonlySet<string> =>
    new Set(
      pages.service.routes
        .filter((route) => route.path === path && route.audience === 'everybody')
        .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])),
    );

  /** What the routers have: a new route is in here, and what the services behind have for each other only. */
  const closedPaths = (): readonly string[] => {
    const behind = [...Object.values(orderApi), ...Object.values(kitchenApi)];
    return [
      ...new Set([
        ...pages.service.routes.filter(({ audience }) => audience !== 'everybody').map(({ path }) => path),
        ...behind.flatMap(({ path }) => [path, `/api${path}`]),
      ]),
    ];
  };

  /** An answer that gives somebody something, or has done something. */
  const isContent = ({ status, text }: Tried): boolean =>
    (status >= 200 && status < 300 && status !== 204) ||
    status === 409 ||
    status === 0 ||
    text.includes(GUEST);

  test('stays so, however its path is written and whatever the method', async () => {
    const paths = closedPaths();
    const tried: Tried[] = [];
    for (const path of paths) {
      const { order_number: number } = await cafe.order(GUEST);
      tried.push(...(await sweep(pages.url, path.replace(':orderNumber', number), openMethodsOf(path))));
    }
    expect(tried.filter(isContent)).toEqual([]);
    // As many as there should be: a sweep of nothing would find nothing.
    expect(paths.length).toBeGreaterThanOrEqual(20);
    expect(new Set(tried.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(20);
    const orders = await cafe.ordersOf(GUEST);
    expect(orders.map(({ status }) => status)).toEqual(orders.map(() => 'ordered'));
  }, 300_000);

  test('is nothing that is for services only', () => {
    expect(pages.service.routes.map(({ audience }) => audience)).not.toContain('services');
  });
});
