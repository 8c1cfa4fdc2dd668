import { Agent, request } from 'undici';
import { describeFailure, type RequestKind, type Records } from './records.js';

/** A page gives one request up after this, in milliseconds: services/frontend/assets/live.js. */
export const REQUEST_LIMIT_MS = 3000;
/** Browsers open so many connections to one host: https://www.rfc-editor.org/rfc/rfc9112#section-9.4 leaves it to them. */
const CONNECTIONS = 6;
/** Chromium keeps an idle connection for 300 s; the server's hint (65 s) is honoured, which is the earlier one. */
const KEEP_ALIVE_MS = 300_000;

/** One request of a page. */
export interface PageRequest {
  readonly kind: RequestKind;
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The status of the right answer. @default 200 */
  readonly expects?: number;
}

/** An answer, right or wrong. */
export interface PageAnswer {
  readonly status: number;
  readonly text: string;
}

/** One user's browser: a few connections of its own that are kept, and a record of every request. */
export class Browser {
  readonly agent = new Agent({
    connections: CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: { timeout: REQUEST_LIMIT_MS },
  });

  /** @param origin - of the frontend, without a path */
  constructor(
    readonly origin: string,
    readonly records: Records,
  ) {}

  /**
   * Sends one request and records it. A browser would send one again by itself whose kept connection turns out to be
   * closed; here it counts as failed, because a service that ends well leaves nobody with such a connection.
   *
   * @returns the answer, whatever its status; nothing when there was none in time
   */
  async ask({
    kind,
    method = 'GET',
    path,
    headers,
    body,
    expects = 200,
  }: PageRequest): Promise<PageAnswer | undefined> {
    const startedAt = Date.now();
    const note = (failure?: string): void => {
      const milliseconds = Date.now() - startedAt;
      this.records.requests.push({
        kind,
        startedAt,
        milliseconds,
        ...(failure === undefined ? {} : { failure }),
      });
    };
    try {
      const response = await request(`${this.origin}${path}`, {
        method,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
        ...(headers ? { headers } : {}),
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.body.text();
      note(
        response.statusCode === expects
          ? undefined
          : `${method} ${path} answered ${response.statusCode}: ${text.slice(0, 300)}`,
      );
      return { status: response.statusCode, text };
    } catch (error) {
      note(`${method} ${path}: ${describeFailure(error)}`);
      return undefined;
    }
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
