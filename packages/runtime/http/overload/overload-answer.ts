import type { IncomingMessage, ServerResponse } from 'node:http';
import { HEADERS } from '@cafe-lumiere/contract';
import { Problem } from '../problem.js';

/** How an answer to somebody who is not served now is made. */
export interface OverloadAnswerOptions {
  /** Of every answer of this service. */
  readonly headers: Readonly<Record<string, string>>;
  /** A problem as a page. @default - problem+json for browsers, too */
  readonly problemPage: ((problem: Problem) => string) | undefined;
  readonly draining: () => boolean;
}

const DETAIL = 'There is more to do than can be done at this moment.';
/** Seconds until a program may ask again. */
const RETRY_AFTER = 1;
/** Seconds until a browser asks for its page again, by itself: the least, and how many more by chance. */
const PAGE_AFTER = { least: 5, spread: 10 } as const;

/**
 * Answers that there is too much to do, at a fraction of what any other answer costs: its text is there before it is needed, and
 * nothing is matched, parsed or logged. If refusing cost what answering costs, it would leave no time to answer anybody.
 */
export function overloadAnswer({
  headers,
  problemPage,
  draining,
}: OverloadAnswerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const refused = (detail: string): Problem => new Problem(503, { detail: `${DETAIL} ${detail}` });
  const page = problemPage?.(refused('This page asks again by itself, in a few seconds.'));
  const json = JSON.stringify(refused('Try again in a few seconds.').body());
  const common = Object.entries({
    ...headers,
    'Cache-Control': 'no-store',
    [HEADERS.overloaded]: 'true',
  }).flat();
  const headersOf = (type: string, text: string): readonly string[] => [
    ...common,
    ...['Content-Type', type, 'Content-Length', String(Buffer.byteLength(text))],
  ];
  const jsonHeaders = [...headersOf('application/problem+json', json), 'Retry-After', String(RETRY_AFTER)];
  const pageHeaders = headersOf('text/html; charset=utf-8', page ?? '');
  return ({ headers: { accept = '' } }, response) => {
    if (draining()) response.shouldKeepAlive = false;
    if (page === undefined || !accept.startsWith('text/html')) {
      response.writeHead(503, jsonHeaders).end(json);
      return;
    }
    // Those who are sent away together must not come back together.
    const seconds = String(PAGE_AFTER.least + Math.floor(Math.random() * PAGE_AFTER.spread));
    // `Refresh` is what browsers act on: https://html.spec.whatwg.org/multipage/speculative-loading.html#the-refresh-header
    response.writeHead(503, [...pageHeaders, 'Retry-After', seconds, 'Refresh', seconds]).end(page);
  };
}
