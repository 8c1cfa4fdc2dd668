import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { rememberedAddresses } from './remembered-addresses.js';

/** How connections are made. */
export interface RacingConnectorOptions {
  /** When all attempts are given up, and then TLS on the one that is taken, in milliseconds. */
  readonly timeoutMs: number;
  /** How long one attempt may take before another one is made beside it, in milliseconds: RFC 8305's "Connection Attempt Delay". */
  readonly attemptDelayMs: number;
  /** How many attempts there are at most; each is a socket until `timeoutMs` are over. @default - as many as there is time for */
  readonly maxAttempts?: number;
  /** How names become addresses. @default - what this process remembers, else DNS */
  readonly lookup?: LookupFunction;
  /** Certificates of the authorities that are trusted, as PEM. @default - those of Node.js */
  readonly ca?: string;
}

/**
 * Makes connections, and when one takes longer than it should, makes another one beside it; the first that is made is
 * taken, and the others are closed.
 *
 * A name of the cluster stands for several pods, and each connection goes to one of them by chance. When a machine has
 * lost its power nobody refuses a connection there, and until Kubernetes has noticed, half of all attempts of a service
 * with two pods wait for nobody. Browsers do the same (Chromium after 250 ms: `kMaxConnectRetryIntervalMs` in its
 * net/socket/client_socket_pool.cc). Measured in docs/decisions/services-on-a-lost-node.md.
 *
 * TLS begins on the one that is taken, as in Chromium: whoever has accepted a connection is there. A handshake is work, and
 * one that is late because there is much of it comes no sooner when there is more (docs/decisions/gitops.md).
 */
export function racingConnector({
  timeoutMs,
  attemptDelayMs,
  maxAttempts = Infinity,
  lookup = rememberedAddresses.lookup,
  ca,
}: RacingConnectorOptions): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup, ...(ca === undefined ? {} : { ca }) });
  const race: buildConnector.connector = (options, callback) => {
    const started = performance.now();
    const state = { over: false, attempts: 0 };
    const end = (...result: Parameters<typeof callback>): void => {
      state.over = true;
      clearInterval(attempts);
      callback(...result);
    };
    const answered = (...[error, socket]: Parameters<typeof callback>): void => {
      if (state.over) {
        socket?.destroy();
      } else if (socket) {
        end(null, socket);
      } else {
        // A refusal, a name that does not exist or the end of the time: an answer, which no other attempt would change.
        end(error, null);
      }
    };
    const attempt = (): void => {
      state.attempts += 1;
      try {
        connect(options, answered);
      } catch (error) {
        // In a timer nobody would catch it, and the process would end.
        answered(error instanceof Error ? error : new Error(String(error)), null);
      }
    };
    const attempts = setInterval(() => {
      if (performance.now() - started < timeoutMs && state.attempts < maxAttempts) attempt();
    }, attemptDelayMs);
    attempt();
  };
  return (options, callback) => {
    if (options.protocol !== 'https:') {
      race(options, callback);
      return;
    }
    // An address without a port has that of TLS all the same.
    race({ ...options, protocol: 'http:', port: options.port || '443' }, (...[error, httpSocket]) => {
      if (httpSocket) connect({ ...options, httpSocket }, callback);
      else callback(error, null);
    });
  };
}
