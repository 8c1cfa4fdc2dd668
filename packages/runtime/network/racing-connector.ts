import { createSecureContext } from 'node:tls';
import { types } from 'node:util';
import { buildConnector, errors } from 'undici';
import { errorCode, errorMessage } from './network-error.js';
import { racingSocket, type RacingSocketOptions } from './racing-socket.js';

/** How connections are made. */
export interface RacingConnectorOptions extends RacingSocketOptions {
  /** Certificates of the authorities that are trusted, as PEM. @default - those of Node.js */
  readonly ca?: string;
}

/** What undici's own connector sets on a connection. */
const KEEP_ALIVE_PROBE_MS = 60_000;

/**
 * Makes undici's connections by `racingSocket`.
 *
 * TLS begins on the one that is taken, as in Chromium, and has `timeoutMs` for itself: whoever has accepted a connection is
 * there. A handshake is work, and one that is late because there is much of it comes no sooner when there is more
 * (docs/decisions/gitops.md).
 */
export function racingConnector({ ca, ...race }: RacingConnectorOptions): buildConnector.connector {
  const connectTls = buildConnector({
    timeout: race.timeoutMs,
    // Once: with `ca` each connection would read the certificates again, which was two fifths of what one costs the client.
    ...(ca === undefined ? {} : { secureContext: createSecureContext({ ca }) }),
  });
  return (options, callback) => {
    const isTls = options.protocol === 'https:';
    racingSocket(options.hostname, Number(options.port || (isTls ? 443 : 80)), race)
      .then((socket) => {
        if (isTls) connectTls({ ...options, httpSocket: socket }, callback);
        else callback(null, socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_PROBE_MS));
      })
      .catch((error: unknown) => {
        callback(inUndicisWords(error), null);
      });
  };
}

function inUndicisWords(error: unknown): Error {
  if (errorCode(error) === 'CONNECT_TIMEOUT') return new errors.ConnectTimeoutError(errorMessage(error));
  return types.isNativeError(error) ? error : new Error(errorMessage(error));
}
