import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';

/** How the connection to the database is protected; without it nothing is. */
export interface DatabaseTls {
  /** Certificates in PEM of who may sign the server's. @default - those that Node trusts by itself */
  readonly ca?: string | undefined;
}

/** The database does not speak TLS, and we may not speak without. */
export class DatabaseWithoutTlsError extends Error {
  readonly code = 'NO_TLS';

  constructor() {
    super('the server answers that it has no TLS');
    this.name = 'DatabaseWithoutTlsError';
  }
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest: its length and its number. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Asks PostgreSQL for TLS and checks the server's certificate and its name, which libpq calls `verify-full`.
 *
 * Not left to postgres.js: it takes every answer for a yes, and its timeout does not cover a socket of ours.
 *
 * @param socket - on its way to the server
 * @throws Error with Node's code of what is wrong with the certificate, or of the network
 */
export function secureSocket(
  socket: Socket,
  host: string,
  { ca }: DatabaseTls,
  timeoutMs: number,
): Promise<TLSSocket> {
  return new Promise((done, fail) => {
    const giveUp = (error: Error): void => {
      clearTimeout(limit);
      socket.destroy();
      fail(error);
    };
    const limit = setTimeout(() => {
      giveUp(Object.assign(new Error(`no TLS within ${timeoutMs} ms`), { code: 'CONNECT_TIMEOUT' }));
    }, timeoutMs);
    const closed = (): void => {
      giveUp(Object.assign(new Error('closed before it answered'), { code: 'ECONNRESET' }));
    };
    socket.once('error', giveUp).once('close', closed);
    socket.write(SSL_REQUEST);
    socket.once('data', (answer) => {
      // One byte. Anything behind it came before the handshake, from nobody whom we know (CVE-2021-23222).
      if (answer.toString('latin1') !== 'S') {
        giveUp(new DatabaseWithoutTlsError());
        return;
      }
      socket.off('error', giveUp).off('close', closed);
      const secured = connect({
        socket,
        host,
        // The name in the handshake, which cannot be an address; the certificate is compared with `host`.
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ...(ca === undefined ? {} : { ca }),
        minVersion: 'TLSv1.2',
      });
      secured.once('error', giveUp).once('close', closed);
      secured.once('secureConnect', () => {
        clearTimeout(limit);
        secured.off('error', giveUp).off('close', closed);
        done(secured);
      });
    });
  });
}
