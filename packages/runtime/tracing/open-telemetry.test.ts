import { declareService, defineApi } from '@cafe-lumiere/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { spanOf } from '../http/caller.js';
import { implementService } from '../service.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';
import { freePort } from '../testing/free-port.js';
import { TraceCollectorFixture } from '../testing/trace-collector-fixture.js';
import { openTelemetry } from './open-telemetry.js';
import { sharedBy } from './span.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const part = 'b7ad6b7169203331';
const traced = (flags: string) => ({ headers: { traceparent: `00-${trace}-${part}-${flags}` } });

/** For everybody: nobody is believed. */
const counter = implementService(declareService({ name: 'counter', port: 8080 }), {
  version: '1.0.0',
  create() {
    const routes = new RoutesFixture();
    routes.get('/cups/:id', (context) => {
      context.body = spanOf(context).context;
    });
    routes.get('/broken', () => {
      throw new Error('secret of the house');
    });
    return { pages: routes.list };
  },
});

/** For services: each decides what is recorded of what it asks for. */
const cupboard = implementService(
  declareService({
    name: 'cupboard',
    port: 8080,
    api: defineApi({
      findCup: {
        method: 'get',
        path: '/cups/:id',
        summary: 'Finds a cup.',
        audience: 'services',
        answer: { status: 200, description: 'Where it is in its trace', schema: z.looseObject({}) },
        problems: [],
      },
    }),
  }),
  {
    version: '1.0.0',
    create: () => ({
      handlers: {
        findCup(context) {
          context.body = spanOf(context).context;
        },
      },
    }),
  },
);

let collector: TraceCollectorFixture;
let services: ServiceFixture[];
beforeEach(async () => {
  collector = await TraceCollectorFixture.start();
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.drain();
  collector.close();
});

const start = async (
  implementation: typeof counter | typeof cupboard,
  environment: Record<string, string> = {},
): Promise<ServiceFixture> => {
  const service =
    implementation === counter
      ? await ServiceFixture.start(counter, environment)
      : await ServiceFixture.start(cupboard, environment);
  services.push(service);
  await service.readyz(200);
  return service;
};
/** Ours; Node's own come and go with what a process does. */
const SAMPLES = /^(?!nodejs_)[a-z_]+(?=[ {])/gm;
const place = z.looseObject({ traceId: z.string(), spanId: z.string() });
/** What a Prometheus reads of it. */
const exposedBy = async (service: ServiceFixture) => {
  const { text, headers } = await service.operations('/metrics');
  return { text, type: headers.get('content-type'), names: new Set(text.match(SAMPLES)) };
};
const recording = (share: number) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  OTEL_TRACES_SAMPLER_ARG: String(share),
});

describe('a service that nobody asked for traces', () => {
  test('continues a trace, and a request that is part of none has the id of its own for its trace', async () => {
    const service = await start(cupboard);
    const continued = await service.send('GET', '/cups/1', traced('01'));
    expect(continued.body).toEqual({ traceId: trace, spanId: expect.any(String), sampled: true });
    expect(continued.body).not.toMatchObject({ spanId: part });
    const { headers, body } = await service.send('GET', '/cups/1');
    expect(body).toEqual({
      traceId: headers.get('x-request-id'),
      spanId: expect.any(String),
      sampled: false,
    });
  });
});

describe('a service that was asked for traces', () => {
  test('sends the span of a request, with its route and never its address', async () => {
    const service = await start(counter, recording(1));
    await service.send('GET', '/cups/red-one?secret=1', traced('00'));
    const span = await collector.span('GET /cups/:id');
    expect(span).toMatchObject({ service: 'counter', traceId: trace, parentSpanId: part, kind: 2 });
    expect(JSON.stringify(collector.spans)).not.toMatch(/red-one|secret/);
  });

  test('names it beside the time that it took, in metrics of the same names as without', async () => {
    const [traced, untraced] = [await start(counter, recording(1)), await start(counter)];
    const { body } = await traced.send('GET', '/cups/1');
    await untraced.send('GET', '/cups/1');
    const { traceId, spanId } = place.parse(body);
    const [exposed, plain] = [await exposedBy(traced), await exposedBy(untraced)];
    expect(exposed.text).toContain(` # {trace_id="${traceId}",span_id="${spanId}"} `);
    expect(exposed.type).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(exposed.names).toEqual(plain.names);
    expect(plain.text).not.toContain(' # {');
    expect(plain.type).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  test('names none that nobody will see', async () => {
    const service = await start(counter, recording(0));
    await service.send('GET', '/cups/1');
    expect((await exposedBy(service)).text).not.toContain(' # {');
  });

  test('says which one did not end well', async () => {
    const service = await start(counter, recording(1));
    await service.send('GET', '/broken');
    expect((await collector.span('GET /broken')).status.code).toBe(2);
  });

  test('records what a believed caller records, and nothing that it does not', async () => {
    const service = await start(cupboard, recording(0));
    await service.send('GET', '/cups/1', traced('00'));
    await service.send('GET', '/cups/1', traced('01'));
    await service.drain();
    expect(collector.spans).toMatchObject([{ traceId: trace }]);
    const always = await start(cupboard, recording(1));
    await always.send('GET', '/cups/1', traced('00'));
    await always.drain();
    expect(collector.spans).toHaveLength(1);
  });

  test('does not record for a stranger who says so', async () => {
    const service = await start(counter, recording(0));
    expect((await service.send('GET', '/cups/1', traced('01'))).body).toMatchObject({ sampled: false });
    await service.drain();
    expect(collector.requests).toBe(0);
  });

  test('sends the last ones when it ends', async () => {
    const service = await start(counter, recording(1));
    await service.send('GET', '/cups/1');
    await service.drain();
    expect(collector.spans).toMatchObject([{ name: 'GET /cups/:id' }]);
  });

  test.each(['answers 500', 'is silent', 'is away'] as const)(
    'answers as ever, and ends, when the collector %s',
    async (behaviour) => {
      const port = await freePort();
      const nowhere = { ...recording(1), OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
      if (behaviour !== 'is away') collector.behaviour = behaviour;
      const service = await start(counter, behaviour === 'is away' ? nowhere : recording(1));
      for (let count = 0; count < 20; count += 1) {
        expect((await service.send('GET', '/cups/1')).status).toBe(200);
      }
      await service.drain();
      if (behaviour !== 'is away') return;
      // A service's process ends here. What is tried again would hold this one for seconds, until somebody takes it.
      const back = await TraceCollectorFixture.start(port);
      await back.span('GET /cups/:id');
      back.close();
    },
  );
});

test('spans that nobody takes do not gather without end', async () => {
  collector.behaviour = 'is silent';
  const said: string[] = [];
  const log = { info: (text: string) => said.push(text), warn: (text: string) => said.push(text) };
  const tracer = openTelemetry({
    service: 'counter',
    version: '1.0.0',
    endpoint: collector.endpoint,
    share: 1,
    log,
  });
  for (let count = 0; count < 10_000; count += 1) tracer.request('GET', undefined).end();
  collector.behaviour = 'takes';
  await tracer.close();
  // What was being sent, and the line behind it.
  expect(collector.spans.length).toBeLessThanOrEqual(512 + 2048);
  expect(collector.spans.length).toBeGreaterThanOrEqual(2048);
});

test('work for several is a span of its own, linked to theirs and they to it', async () => {
  const tracer = openTelemetry({
    service: 'counter',
    version: '1.0.0',
    endpoint: collector.endpoint,
    share: 0,
    log: { info: () => undefined, warn: () => undefined },
  });
  const of = (sampled: boolean) => tracer.request('GET', { traceId: trace, spanId: part, sampled });
  const spans = [of(true), of(false), of(true)];
  await sharedBy(spans, { name: 'wash', kind: 'internal' }, () => Promise.resolve());
  await sharedBy([of(false)], { name: 'dry', kind: 'internal' }, () => Promise.resolve());
  for (const span of spans) span.end();
  await tracer.close();
  const shared = await collector.span('wash');
  const recorded = collector.spans.filter(({ name }) => name === 'GET');
  expect(recorded).toHaveLength(2);
  expect(shared.links.map(({ spanId }) => spanId)).toEqual(recorded.map(({ spanId }) => spanId));
  for (const { links } of recorded) expect(links).toMatchObject([{ spanId: shared.spanId }]);
  expect(shared.traceId).not.toBe(trace);
  expect(collector.spans.map(({ name }) => name)).not.toContain('dry');
});
