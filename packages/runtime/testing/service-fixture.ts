import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceDeclaration } from '@cafe-lumiere/contract';
import { z } from 'zod';
import { AnswerContract } from './answer-contract.js';
import type { Environment } from '../config.js';
import { problemBody } from '../http/problem.js';
import { type RunningService, type ServiceImplementation, startService } from '../service.js';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly body: unknown;
  /** The body of a problem. */
  readonly problem: z.output<typeof problemBody>;
}

/** What a test may send besides method and path. */
export interface Request {
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A service in the test's own process, over real HTTP, quiet, on a free port, and quick to end. */
export class ServiceFixture {
  static async start<Declared extends ServiceDeclaration>(
    implementation: ServiceImplementation<Declared>,
    environment: Environment = {},
  ): Promise<ServiceFixture> {
    const base = {
      HOST: '127.0.0.1',
      PORT: '0',
      OPERATIONS_PORT: '0',
      LOG_LEVEL: 'silent',
      DRAIN_SECONDS: '0',
      IN_FLIGHT_SECONDS: '2',
    };
    return new ServiceFixture(await startService(implementation, { ...base, ...environment }));
  }

  private contract: Promise<AnswerContract> | undefined;

  private constructor(readonly service: RunningService) {}

  get url(): string {
    return this.service.url;
  }

  /** Sends one request. The answer must be one that the service's own OpenAPI document allows. */
  async send(method: string, path: string, request: Request = {}): Promise<Answer> {
    const answer = await send(`${this.url}${path}`, method, request);
    this.contract ??= AnswerContract.of(this.service.operationsUrl);
    (await this.contract).check(method, path, answer);
    return answer;
  }

  /** Asks its operations port, such as `/livez`. */
  operations(path: string, request: Request = {}): Promise<Answer> {
    return send(`${this.service.operationsUrl}${path}`, 'GET', request);
  }

  /** Resolves when /readyz answers with this status. The caller's test has the deadline. */
  async readyz(status: 200 | 503): Promise<Answer> {
    for (;;) {
      const answer = await this.operations('/readyz');
      if (answer.status === status) return answer;
      await pause(20);
    }
  }

  /** The value of a metric, labels included as they stand in the text; undefined when it is not there. */
  async metric(name: string): Promise<number | undefined> {
    const { text } = await this.operations('/metrics');
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  }

  async drain(): Promise<void> {
    await this.service.drain();
  }
}

async function send(url: string, method: string, { body, headers }: Request): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get body(): unknown {
      return z.unknown().parse(JSON.parse(text));
    },
    get problem() {
      return problemBody.parse(JSON.parse(text));
    },
  };
}
