import { Agent, request } from 'node:http';
import { variantsOf } from './path-variants-fixture.js';

/** A request line that was tried, and what came back. */
export interface Tried {
  readonly line: string;
  readonly kind: string;
  readonly status: number;
  readonly text: string;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const SILENCE_MS = 5000;

/**
 * Asks for a path by every method, in every way to write it.
 *
 * @param open - methods by which it is for everybody, which are left out
 */
export async function sweep(url: string, path: string, open: ReadonlySet<string>): Promise<readonly Tried[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  try {
    return await Promise.all(
      METHODS.filter((method) => !open.has(method)).flatMap((method) =>
        variantsOf(path).map(async ({ kind, target }) => ({
          line: `${method} ${target}`,
          kind,
          ...(await ask(url, agent, method, target)),
        })),
      ),
    );
  } finally {
    agent.destroy();
  }
}

/** What is written is what is sent: fetch would tidy it up. Of a stream, which does not end, only the beginning is read. */
function ask(
  url: string,
  agent: Agent,
  method: string,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((done, fail) => {
    const sent = request({ agent, hostname, port, method, path }, (answer) => {
      const status = answer.statusCode ?? 0;
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('end', () => {
        done({ status, text });
      });
      if (answer.headers['content-type']?.startsWith('text/event-stream')) {
        done({ status, text: 'a stream' });
        answer.destroy();
      }
    });
    // What is closed is refused at once; whoever says nothing is busy with the request.
    sent.setTimeout(SILENCE_MS, () => {
      done({ status: 0, text: 'no answer' });
      sent.destroy();
    });
    sent.on('error', fail);
    sent.end();
  });
}
