import { connect, type Socket } from 'node:net';
import { rememberedAddresses } from '../network/remembered-addresses.js';

/** A database that is reached at all is reached fast; what takes longer is not there. */
const TIMEOUT_MS = 2000;
/**
 * Then another attempt is made beside it: where a Service has no pod most attempts get no answer at all, and the kernel
 * asks again only after a second (docs/decisions/recovery.md). They cost PostgreSQL nothing: it does not see them.
 */
const RIVAL_AFTER_MS = 100;

/** A TCP connection. @throws Error with Node's code, `CONNECT_TIMEOUT` when nobody answers */
export function openSocket(host: string, port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const attempts = new Set<Socket>();
    const end = (winner?: Socket): void => {
      clearInterval(rivals);
      clearTimeout(limit);
      for (const socket of attempts) if (socket !== winner) socket.destroy();
    };
    const attempt = (): void => {
      const socket = connect({ host, port, lookup: rememberedAddresses.lookup });
      attempts.add(socket);
      socket.once('connect', () => {
        end(socket);
        done(socket);
      });
      // A refusal is an answer, which no rival would change.
      socket.once('error', (error) => {
        end();
        fail(error);
      });
    };
    const rivals = setInterval(attempt, RIVAL_AFTER_MS);
    const limit = setTimeout(() => {
      end();
      fail(Object.assign(new Error(`no connection within ${TIMEOUT_MS} ms`), { code: 'CONNECT_TIMEOUT' }));
    }, TIMEOUT_MS);
    attempt();
  });
}
