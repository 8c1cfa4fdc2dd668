import { declareForeignService, declareService } from '@cafe-lumiere/contract';
import { findingText } from '@cafe-lumiere/checks';
import { describe, expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import { ProbedService } from './probed-service.js';
import { only, synthesized } from './synthesized.js';
import type { TraceCollector } from './trace-collector.js';

const collector = {
  endpoint: 'http://collector.monitoring:80',
  at: { name: 'collector', namespace: 'monitoring', podLabels: { app: 'collector' } },
  port: 4318,
} satisfies TraceCollector;

function shopWith(traces: TraceCollector) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const configuration = new Configuration(chart, 'it', { configMap: 'settings', secret: 'keys', traces });
  new ProbedService(chart, declareService({ name: 'shop', port: 8080 }), {
    image: 'shop/shop:1',
    configuration,
  });
  const probes = { readiness: { http: '/ready' }, liveness: { http: '/alive' } } as const;
  const cache = declareForeignService({ name: 'cache', port: 6379, probes });
  new ProbedService(chart, cache, { image: 'cache/cache:1', configuration });
  return { app, manifests: synthesized(chart) };
}

const egressOf = (name: string, traces: TraceCollector): unknown =>
  only(shopWith(traces).manifests, 'NetworkPolicy', name);

describe('services whose traces are taken', () => {
  test('are told where, once for all, and may go there; a program that is not on the runtime is not', () => {
    const { manifests } = shopWith(collector);
    expect(only(manifests, 'ConfigMap', 'settings')['data']).toEqual({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.monitoring:80',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    });
    const rule = {
      to: [
        {
          podSelector: { matchLabels: { app: 'collector' } },
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
        },
      ],
      ports: [{ protocol: 'TCP', port: 4318 }],
    };
    expect(egressOf('shop', collector)).toMatchObject({ spec: { egress: expect.arrayContaining([rule]) } });
    expect(egressOf('cache', collector)).not.toMatchObject({
      spec: { egress: expect.arrayContaining([rule]) },
    });
    const reads = (name: string): string => JSON.stringify(only(manifests, 'Deployment', name));
    expect(reads('shop')).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
    expect(reads('cache')).not.toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  test('may be told of one outside the cluster, at the port of its address', () => {
    const outside = { endpoint: 'https://traces.example.com', at: { networks: ['10.20.0.0/24'] }, share: 1 };
    const rule = { to: [{ ipBlock: { cidr: '10.20.0.0/24' } }], ports: [{ protocol: 'TCP', port: 443 }] };
    expect(egressOf('shop', outside)).toMatchObject({ spec: { egress: expect.arrayContaining([rule]) } });
  });

  test.each([
    [{ ...collector, endpoint: 'collector:4318' }, 'traces.endpoint is "collector:4318"'],
    [{ ...collector, endpoint: '' }, 'traces.endpoint is'],
    [{ ...collector, share: 10 }, 'traces.share is "10"; a share is a number from 0 to 1'],
    [{ ...collector, at: { networks: [] } }, 'traces.at.networks is empty'],
    [{ ...collector, at: { networks: ['example.com'] } }, 'traces.at.networks has "example.com"'],
  ])('%j is refused', (traces, message) => {
    expect(() => shopWith(traces)).toThrow(message);
  });

  test('have no finding', () => {
    expect(shopWith(collector).app.proven().findings.map(findingText)).toEqual([]);
  });
});
