import { connect, type LookupFunction, type Socket } from 'node:net';
import { rememberedAddresses } from './remembered-addresses.js';

/** How a TCP connection is made. */
export interface RacingSocketOptions {
  /** When all attempts are given up, in milliseconds. */
  readonly timeoutMs: number;
  /** How long one attempt may take before another one is made beside it, in milliseconds: RFC 8305's "Connection Attempt Delay". */
  readonly attemptDelayMs: number;
  /** How many attempts there are at most; each is a socket until one is answered. @default - as many as there is time for */
  readonly maxAttempts?: number;
  /** How names become addresses. @default - what this process remembers, else DNS */
  readonly lookup?: LookupFunction;
}

/**
 * Makes a TCP connection, and when it takes longer than it should, makes another one beside it; the first that is made is
 * taken, and the others are closed.
 *
 * A name of the cluster stands for several pods, and each connection goes to one of them by chance. When a machine has
 * lost its power nobody refuses a connection there, and until Kubernetes has noticed, half of all attempts of a service
 * with two pods wait for nobody. Where a Service has no pod most attempts get no answer at all, and the kernel asks again
 * only after a second. Browsers do the same (Chromium after 250 ms: `kMaxConnectRetryIntervalMs` in its
 * net/socket/client_socket_pool.cc). Measured in docs/decisions/services-on-a-lost-node.md and docs/decisions/recovery.md.
 *
 * @throws Error with Node's code, or `CONNECT_TIMEOUT` when nobody answers
 */
export function racingSocket(
  host: string,
  port: number,
  {
    timeoutMs,
    attemptDelayMs,
    maxAttempts = Infinity,
    lookup = rememberedAddresses.lookup,
  }: RacingSocketOptions,
): Promise<Socket> {
  return new Promise((done, fail) => {
    const attempts = new Set<Socket>();
    const end = (winner?: Socket): void => {
      clearInterval(rivals);
      clearTimeout(limit);
      for (const socket of attempts) if (socket !== winner) socket.destroy();
    };
    // A refusal or a name that does not exist is an answer, which no rival would change.
    const refused = (error: Error): void => {
      end();
      fail(error);
    };
    const attempt = (): void => {
      if (attempts.size >= maxAttempts) return;
      try {
        const socket = connect({ host, port, lookup });
        attempts.add(socket);
        socket.once('connect', () => {
          end(socket);
          socket.off('error', refused);
          done(socket);
        });
        socket.on('error', refused);
      } catch (error) {
        // In a timer nobody would catch it, and the process would end.
        refused(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const rivals = setInterval(attempt, attemptDelayMs);
    const limit = setTimeout(() => {
      refused(Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: 'CONNECT_TIMEOUT' }));
    }, timeoutMs);
    attempt();
  });
}
