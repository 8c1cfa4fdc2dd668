import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { hedged } from '@cafe-lumiere/runtime/upstream';
import { racingConnector } from '@cafe-lumiere/runtime/network';
import { describeFailure, type RequestKind, type Records } from './records.js';

/** A page's script asks once more beside after this silence, and gives a request up: services/frontend/assets/live.js. */
const SILENCE_MS = 2500;
const REQUEST_LIMIT_MS = 15_000;
/** Chromium keeps an idle connection for 300 s; the server's hint (65 s) is honoured, which is the earlier one. */
const KEEP_ALIVE_MS = 300_000;
/** Chromium's: see packages/runtime/network/racing-connector.ts. */
const CONNECTION_ATTEMPT_DELAY_MS = 250;
/**
 * Until the page asks once more beside, which is another connection. Without an end to it the sockets of an outage are more
 * than a process may have: with two of three nodes gone that was so.
 */
const CONNECTION_ATTEMPTS = SILENCE_MS / CONNECTION_ATTEMPT_DELAY_MS;

/** Where the café's door is, when its name alone does not lead there. */
export interface Door {
  /** Of the gateway, in place of what DNS says. @default - DNS */
  readonly address?: string;
  /** The authority of its certificate, as PEM. @default - those of Node.js */
  readonly ca?: string;
}

/** One request of a page. */
export interface PageRequest {
  readonly kind: RequestKind;
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The status of the right answer. @default 200 */
  readonly expects?: number;
  /** Is called when the answer takes long, and once more is asked beside. */
  readonly silent?: () => void;
}

/** An answer, right or wrong. */
export interface PageAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * A browser: connections of its own that are kept, and a record of every request. Their number is not limited: in an
 * outage one stands for many guests, and none of them must wait for another's.
 */
export class Browser {
  readonly agent: Agent;

  /** @param origin - of the frontend, without a path */
  constructor(
    readonly origin: string,
    readonly records: Records,
    { address, ca }: Door = {},
  ) {
    this.agent = new Agent({
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      connect: racingConnector({
        // A browser waits for a connection for minutes, and nobody for the browser.
        timeoutMs: REQUEST_LIMIT_MS,
        attemptDelayMs: CONNECTION_ATTEMPT_DELAY_MS,
        maxAttempts: CONNECTION_ATTEMPTS,
        ...(address === undefined ? {} : { lookup: always(address) }),
        ...(ca === undefined ? {} : { ca }),
      }),
    });
  }

  /**
   * Asks as a page's script does: once more beside a request that is met with silence. The first answer counts.
   *
   * @returns the answer, whatever its status; nothing when there was none in time
   */
  async ask(page: PageRequest): Promise<PageAnswer | undefined> {
    const course = { answered: false };
    const answer = await hedged(() => this.send(page, course), {
      delayMs: SILENCE_MS,
      allowed: () => {
        // No script asks for the page itself.
        if (page.kind === 'page') return false;
        page.silent?.();
        return true;
      },
      nonFatal: (given) => given === undefined,
    });
    course.answered = true;
    return answer;
  }

  /**
   * Sends one request and records it. A browser would send one again by itself whose kept connection turns out to be
   * closed; here it counts as failed, because a service that ends well leaves nobody with such a connection.
   *
   * @param course - of the question: a step that is answered may be done twice, and the cook may be further meanwhile, so
   * that a conflict is no wrong answer any more
   */
  private async send(
    { kind, method = 'GET', path, headers, body, expects = 200 }: PageRequest,
    course: { readonly answered: boolean },
  ): Promise<PageAnswer | undefined> {
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
        response.statusCode === expects || (course.answered && response.statusCode === 409)
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

const always =
  (address: string): LookupFunction =>
  (_name, { all }, callback) => {
    // Not at once: what fails within `tls.connect` is thrown.
    process.nextTick(() => {
      if (all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    });
  };
