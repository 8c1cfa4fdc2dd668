import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const attribute = z.object({
  key: z.string(),
  value: z.object({ stringValue: z.string().optional(), intValue: z.number().optional() }),
});

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes: z.array(attribute),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
  status: z.object({ code: z.number() }),
});

/** As in https://github.com/open-telemetry/opentelemetry-proto, as far as tests look at it. */
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

/** A span as a collector received it, and of which service. */
export type ReceivedSpan = z.output<typeof span> & { readonly service: string };

/** How it treats who sends traces. */
export type CollectorBehaviour = 'takes' | 'answers 500' | 'is silent';

/** A collector of traces, over real HTTP, which may also be one that is not well. */
export class TraceCollectorFixture {
  /** @param port - @default - a free one */
  static async start(port = 0): Promise<TraceCollectorFixture> {
    const fixture = new TraceCollectorFixture();
    await new Promise<void>((done) => fixture.server.listen(port, '127.0.0.1', done));
    return fixture;
  }

  readonly spans: ReceivedSpan[] = [];
  /** How often somebody has sent some. */
  requests = 0;
  behaviour: CollectorBehaviour = 'takes';
  private readonly held: ServerResponse[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.requests += 1;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (this.behaviour === 'is silent') {
          this.held.push(response);
          return;
        }
        const taken = this.behaviour === 'takes' && request.url === '/v1/traces';
        if (taken) this.take(Buffer.concat(chunks).toString());
        response.writeHead(taken ? 200 : 500, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  /** The base address, as `OTEL_EXPORTER_OTLP_ENDPOINT` has it. */
  get endpoint(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  /** Resolves with the span of this name when it is there. The caller's test has the deadline. */
  async span(name: string): Promise<ReceivedSpan> {
    for (;;) {
      const found = this.spans.find((each) => each.name === name);
      if (found) return found;
      await pause(20);
    }
  }

  close(): void {
    for (const response of this.held) response.destroy();
    this.server.close();
    this.server.closeAllConnections();
  }

  private take(text: string): void {
    for (const { resource, scopeSpans } of exported.parse(JSON.parse(text)).resourceSpans) {
      const name = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      this.spans.push(
        ...scopeSpans.flatMap(({ spans }) => spans.map((each) => ({ ...each, service: name }))),
      );
    }
  }
}
