import { Socket } from 'node:net';
import type { DatabaseAccess } from './database-settings.js';
import { type DatabaseTls, secureSocket } from './database-tls.js';
import { errorCode, errorMessage } from '../network/network-error.js';
import { racingSocket } from '../network/racing-socket.js';

/**
 * For a log-in, from the first byte to the last. On a machine that has much else to do PostgreSQL takes seconds for one,
 * and each that is given up in the middle was work for nobody (docs/decisions/login-storm.md).
 */
export const LOG_IN_SECONDS = 15;
/** Seconds until the operating system asks whether a silent peer is still there; a lost LISTEN is noticed by it alone. */
const KEEP_ALIVE_SECONDS = 10;
/**
 * A database that is reached at all is reached fast; what takes longer is not there. Rivals are early, because they cost
 * PostgreSQL nothing: it does not see those that nobody answers.
 */
const CONNECTION = { timeoutMs: 2000, attemptDelayMs: 100 };

/**
 * What every connection to PostgreSQL has in common.
 *
 * @param turn - before each attempt: resolves when it may be made
 */
export function connectionOptions(
  { host, port, database, user, password, tls }: DatabaseAccess,
  turn: () => Promise<void>,
) {
  return {
    host,
    port,
    database,
    user,
    pass: password,
    max: 1,
    // Whoever holds it decides when it is old.
    max_lifetime: null,
    connect_timeout: LOG_IN_SECONDS,
    keep_alive: KEEP_ALIVE_SECONDS,
    // The library waits up to 20 s between two attempts, and what listens is deaf meanwhile.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 0.5),
    // One round trip less for each new connection; the types that we use are built in.
    fetch_types: false,
    // Never a rejection, after which postgres.js would wait for a connection that nobody opens.
    socket: () =>
      turn()
        .then(() => connected(host, port, tls))
        .then(failedUntilClosed)
        .catch(brokenSocket),
    onnotice: () => undefined,
  };
}

/**
 * Opens the connection ourselves, so that the short time for TCP and the long one for the log-in are two; and because of
 * a peer that accepts and closes without a word (a proxy whose backend is gone): postgres.js then reconnects in an endless
 * loop, some 600 times a second, and the query never ends (porsager/postgres#1193). Turning that end into an error lets
 * it fail and back off.
 */
async function connected(host: string, port: number, tls?: DatabaseTls): Promise<Socket> {
  const socket = await racingSocket(host, port, CONNECTION);
  let answered = false;
  socket.once('data', () => {
    answered = true;
  });
  socket.once('end', () => {
    if (!answered)
      socket.destroy(Object.assign(new Error('closed before it answered'), { code: 'ECONNRESET' }));
  });
  return tls === undefined ? socket : secureSocket(socket, host, tls, LOG_IN_SECONDS * 1000);
}

/**
 * When a socket fails, postgres.js fails the queries it has, but none that is begun between that and the socket's `close`,
 * which comes a moment later: such a one would never settle. A rollback is begun just then, by whoever waits for what has
 * failed.
 */
function failedUntilClosed(socket: Socket): Socket {
  return socket.once('close', (failed) => {
    if (failed)
      socket.emit(
        'error',
        Object.assign(new Error('the connection is closed'), { code: 'CONNECTION_CLOSED' }),
      );
  });
}

/**
 * A socket that fails when the log-in is written to it. Before, postgres.js would take that message for one that is still
 * to be sent, send nothing on its next connections, and so be silent on each until the log-in's time is over
 * (`write` in its connection.js schedules nothing while one is).
 */
class BrokenSocket extends Socket {
  constructor(private readonly failure: Error) {
    super();
  }

  override _write(_chunk: unknown, _encoding: BufferEncoding, done: (error: Error) => void): void {
    done(this.failure);
  }
}

function brokenSocket(error: unknown): Socket {
  return new BrokenSocket(Object.assign(new Error(errorMessage(error)), { code: errorCode(error) }));
}
