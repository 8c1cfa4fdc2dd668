import { readFileSync } from 'node:fs';
import { findingText } from '@cafe-lumiere/checks';
import { declareForeignService } from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { Chart } from 'cdk8s';
import { z } from 'zod';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import { GatewayRoute, type GatewayRouteProps } from './gateway-route.js';
import { ProbedService } from './probed-service.js';
import { only, synthesized } from './synthesized.js';

const declaration = declareForeignService({
  name: 'shop',
  port: 8080,
  probes: { readiness: { http: '/ready' }, liveness: { http: '/alive' } },
});

function shopBehind(changes: Partial<GatewayRouteProps> = {}) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const configuration = new Configuration(chart, 'configuration', { configMap: 'settings', secret: 'keys' });
  const service = new ProbedService(chart, declaration, {
    image: 'shop/shop:1.0.0',
    configuration,
    expose: { port: 80, type: 'ClusterIP' },
  });
  new GatewayRoute(chart, 'gateway', {
    service,
    className: 'traefik',
    hostname: 'shop.example.com',
    tlsSecret: 'shop-tls',
    proxies: 'traefik',
    ...changes,
  });
  return { app, manifests: synthesized(chart) };
}

const schemas = z
  .record(z.string(), z.unknown())
  .parse(JSON.parse(readFileSync(new URL('fixtures/gateway-api-1.4.0.json', import.meta.url), 'utf8')));

/** A field that the API does not know is refused by a server that is asked to be strict, and dropped by others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== 'format')
      .map(([key, value]) => [key, closed(value)]),
  );
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

const validatorOf = (kind: string) =>
  new Ajv({ strict: false }).compile(z.record(z.string(), z.unknown()).parse(closed(schemas[kind])));

describe.each(['Gateway', 'HTTPRoute'])('%s', (kind) => {
  const validate = validatorOf(kind);
  const spec = z.looseObject({}).parse(only(shopBehind().manifests, kind, 'shop')['spec']);

  test('is valid against the schema of the Gateway API', () => {
    validate(spec);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('with a mistyped field is not', () => {
    expect(validate({ ...spec, hostnmes: [] })).toBe(false);
  });
});

test('a limit that is no duration of the Gateway API is refused by its schema', () => {
  const route = JSON.stringify(only(shopBehind().manifests, 'HTTPRoute', 'shop')['spec']);
  expect(validatorOf('HTTPRoute')(JSON.parse(route.replace('"0s"', '"0 seconds"')))).toBe(false);
});

test('the pods of the Gateway may connect, nobody else, and there is no finding', () => {
  const { app, manifests } = shopBehind({ proxies: 'edge' });
  expect(only(manifests, 'NetworkPolicy', 'shop')).toHaveProperty('spec.ingress', [
    {
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } } }],
      ports: [{ protocol: 'TCP', port: 8080 }],
    },
  ]);
  expect(app.proven().findings.map(findingText)).toEqual([]);
});

test('an event stream is not cut: the Gateway gives nobody up', () => {
  expect(only(shopBehind().manifests, 'HTTPRoute', 'shop')).toHaveProperty(
    'spec.rules.0.timeouts.request',
    '0s',
  );
});

test.each([
  ['a URL for a hostname', { hostname: 'https://shop.example.com' }, /hostname is "https:\/\/shop/],
  ['a hostname with a port', { hostname: 'shop.example.com:8443' }, /without a scheme and a port/],
  ['a port that is none', { port: 0 }, /port is 0/],
])('%s is refused', (_name, changes, says) => {
  expect(() => shopBehind(changes)).toThrow(says);
});
