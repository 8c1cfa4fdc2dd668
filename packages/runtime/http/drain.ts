import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** How long each part of the end may take, in seconds. */
export interface DrainTimes {
  /** Serving goes on, and every answer says `Connection: close`. */
  readonly drainSeconds: number;
  /** Requests in flight, after the listener is closed. */
  readonly inFlightSeconds: number;
}

/** Often enough that an idle connection does not hold up the end; `server.close()` alone would leave it open. */
const IDLE_INTERVAL_MS = 100;

/**
 * Ends a server without losing a request: serve on for a while, because whoever balances over us learns late that we
 * go; then close the listener, close each connection as it becomes idle, and the rest when their time is over.
 *
 * Why not `server.close()` alone: measured, it fails requests in every rollout; see docs/decisions/drain.md.
 *
 * @param server - answers `Connection: close` from now on, which is the caller's part
 */
export async function drain(server: Server, { drainSeconds, inFlightSeconds }: DrainTimes): Promise<void> {
  await pause(drainSeconds * 1000);
  const closed = new Promise<void>((done) => {
    server.close(() => {
      done();
    });
  });
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_INTERVAL_MS);
  const late = setTimeout(() => {
    server.closeAllConnections();
  }, inFlightSeconds * 1000);
  server.closeIdleConnections();
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
