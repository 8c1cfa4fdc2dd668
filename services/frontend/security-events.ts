import { clientNetwork, loggedOf } from '@cafe-lumiere/runtime/http';
import type { Middleware } from 'koa';
import type { Logger } from '@cafe-lumiere/runtime';

/** @see https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html */
const EVENTS: Readonly<Record<number, string>> = {
  401: 'authz_fail',
  403: 'authz_fail',
  429: 'excess_rate_limit_exceeded',
};

/**
 * Logs who is refused what, with their address, which the log of requests does not have: whoever serves guests need not
 * keep where they were.
 *
 * @param hasOwnEvent - what of this is in the log with more to say
 */
export function securityEvents(
  log: Logger,
  hasOwnEvent: (path: string, status: number) => boolean,
): Middleware {
  return async (context, next) => {
    await next();
    const { method, path, status } = context;
    const event = EVENTS[status];
    if (event === undefined || hasOwnEvent(path, status)) return;
    const client = clientNetwork(context.ip);
    log.warn(
      { event, ...loggedOf(context), client, method, path, status },
      `${client} was refused: ${method} ${path} ${status}`,
    );
  };
}
