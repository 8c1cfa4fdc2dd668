import { connect, Socket } from 'node:net';
import type { DatabaseAccess } from './database-settings.js';
import { type DatabaseTls, secureSocket } from './database-tls.js';
import { errorCode, errorMessage } from '../network/network-error.js';
import { rememberedAddresses } from '../network/remembered-addresses.js';

/** A database that is reached at all is reached fast; what takes longer is not there. */
const CONNECT_TIMEOUT_SECONDS = 2;
/** Seconds until the operating system asks whether a silent peer is still there; a lost LISTEN is noticed by it alone. */
const KEEP_ALIVE_SECONDS = 10;

/** What every connection to PostgreSQL has in common: the pool's, the migrations' and the gate's. */
export function connectionOptions({ host, port, database, user, password, tls }: DatabaseAccess) {
  return {
    host,
    port,
    database,
    user,
    pass: password,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    keep_alive: KEEP_ALIVE_SECONDS,
    // The library waits up to 20 s between two attempts, and queries hang meanwhile. Measured: 20 ms to recover with
    // this, 6.4 s without.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 0.5),
    // One round trip less for each new connection; the types that we use are built in.
    fetch_types: false,
    socket: () => openSocket(host, port, tls),
    onnotice: () => undefined,
  };
}

/**
 * Opens the connection ourselves, because of a peer that accepts and closes without a word (a proxy whose backend is
 * gone): postgres.js then reconnects in an endless loop, some 600 times a second, and the query never ends
 * (porsager/postgres#1193). Turning that end into an error lets it fail and back off.
 */
function openSocket(host: string, port: number, tls?: DatabaseTls): Promise<Socket> {
  const socket = connect({ host, port, lookup: rememberedAddresses.lookup });
  let answered = false;
  socket.once('data', () => {
    answered = true;
  });
  socket.once('end', () => {
    if (!answered)
      socket.destroy(Object.assign(new Error('closed before it answered'), { code: 'ECONNRESET' }));
  });
  if (tls === undefined) return Promise.resolve(socket);
  return secureSocket(socket, host, tls, CONNECT_TIMEOUT_SECONDS * 1000).catch((error: unknown) => {
    // Not a rejection, after which postgres.js would wait for a connection that nobody opens.
    const failed = new Socket();
    setImmediate(() =>
      failed.destroy(Object.assign(new Error(errorMessage(error)), { code: errorCode(error) })),
    );
    return failed;
  });
}
