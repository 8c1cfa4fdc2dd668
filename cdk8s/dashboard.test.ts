import { burnRateGroup, grafanaDashboard } from '@cafe-lumiere/constructs';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { parser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { frontendServer } from '../services/frontend/frontend.js';
import { kitchenServer } from '../services/kitchen-service/kitchen-service.js';
import { orderServer } from '../services/order-service/order-service.js';
import { objectives } from './alerts.js';
import { dashboardRows } from './dashboard.js';

const NAMESPACE = 'cafe-lumiere';
const NOBODY = 'http://127.0.0.1:1';

const panels = dashboardRows(NAMESPACE).flatMap((row) => row.panels);
const ofPanels = panels.flatMap(({ title, queries }) => queries.map(({ expr }) => ({ of: title, expr })));
const ofRules = objectives(NAMESPACE).flatMap((objective) =>
  burnRateGroup('alerts', objective).rules.map(({ record, alert, expr }) => ({
    of: String(alert ?? record),
    expr: String(expr),
  })),
);
/** What the rules record themselves. */
const recorded = objectives(NAMESPACE).flatMap((objective) =>
  burnRateGroup('alerts', objective).rules.flatMap(({ record }) => record ?? []),
);

/** The names of the metrics in an expression. @throws Error for what Prometheus cannot read */
function metricsIn(expr: string): readonly string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to, node }) => {
      if (node.type.isError) throw new Error(`${expr}: cannot be read at ${expr.slice(from)}`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(expr.slice(from, to));
    },
  });
  return names;
}

let services: readonly ServiceFixture[];
let exposed: ReadonlySet<string>;
beforeAll(async () => {
  services = [
    await ServiceFixture.start(orderServer, {
      ...{ DB_HOST: '127.0.0.1', DB_PORT: '1', DB_NAME: 'cafe', DB_USER: 'cafe', DB_PASSWORD: 'nobody' },
    }),
    await ServiceFixture.start(kitchenServer, { ORDER_SERVICE_URL: NOBODY }),
    await ServiceFixture.start(frontendServer, { ORDER_SERVICE_URL: NOBODY, KITCHEN_SERVICE_URL: NOBODY }),
  ];
  const texts = await Promise.all(services.map((service) => service.operations('/metrics')));
  exposed = new Set(
    texts.flatMap(({ text }) =>
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    ),
  );
});
afterAll(async () => {
  for (const service of services) await service.drain();
});

describe.each([
  ['panel', ofPanels],
  ['rule', ofRules],
] as const)('each %s', (_, queries) => {
  test.each(queries)('"$of" asks for what a service tells: $expr', ({ expr }) => {
    const asked = metricsIn(expr);
    expect(asked).not.toEqual([]);
    expect(asked.filter((name) => !exposed.has(name) && !recorded.includes(name))).toEqual([]);
  });
});

test('an expression that Prometheus cannot read is found', () => {
  expect(() => metricsIn('sum(rate(http_requests_total{status="500"}[4m])')).toThrow('cannot be read');
});

test('no two panels have one place, and none is wider than the page', () => {
  const places = JSON.stringify(
    grafanaDashboard('test', { name: 'cafe', title: 'Café', rows: dashboardRows(NAMESPACE) }),
  );
  const at = [...places.matchAll(/"gridPos":\{"h":(\d+),"w":(\d+),"x":(\d+),"y":(\d+)\}/g)].map((found) =>
    found.slice(1).map(Number),
  );
  const cells = at.flatMap(([h = 0, w = 0, x = 0, y = 0]) =>
    Array.from({ length: h * w }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(at.every(([, w = 0, x = 0]) => x + w <= 24)).toBe(true);
});
