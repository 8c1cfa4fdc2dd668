import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the API server answered, or why not. */
export type Answer =
  { readonly output: string } | { readonly reason: 'forbidden' | 'absent' | 'failed'; readonly said: string };

/** The API server, as the user's own kubectl reaches it. */
export interface Access {
  /** Asks for a path of the API. What has not come by the deadline counts as not read. */
  readonly get: (path: string) => Promise<Answer>;
  readonly close: () => void;
}

/** What may be sent through the proxy: questions. */
const REJECTED_METHODS = '^(POST|PUT|PATCH|DELETE|CONNECT)$';

/**
 * Opens the way: one `kubectl proxy`, on a socket in a folder that only this user may enter. It has the user's contexts,
 * certificates and log-in plug-ins, and passes on nothing that writes.
 *
 * @param deadline - in milliseconds of `Date.now()`
 * @throws Error when there is no kubectl, or the context is not one
 */
export async function openAccess(context: string | undefined, deadline: number): Promise<Access> {
  const folder = mkdtempSync(join(tmpdir(), 'cafe-doctor-'));
  const socketPath = join(folder, 'api');
  const child = spawn(
    'kubectl',
    [...ofContext(context), 'proxy', `--unix-socket=${socketPath}`, `--reject-methods=${REJECTED_METHODS}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const close = (): void => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', close);
  try {
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stdout.once('data', () => {
        resolve();
      });
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.once('error', () => {
        reject(new Error('kubectl, through which the cluster is read, is not here.'));
      });
      child.once('close', () => {
        reject(new Error(`kubectl does not reach a cluster: ${said.trim().replace(/^error: /i, '')}`));
      });
      setTimeout(() => {
        reject(new Error('kubectl does not start in time.'));
      }, deadline - Date.now()).unref();
    });
  } catch (error) {
    close();
    throw error;
  }
  return {
    get: (path) => ask(socketPath, path, deadline),
    close: () => {
      process.removeListener('exit', close);
      close();
    },
  };
}

function ask(socketPath: string, path: string, deadline: number): Promise<Answer> {
  const milliseconds = deadline - Date.now();
  if (milliseconds <= 0) return Promise.resolve({ reason: 'failed', said: 'the time to read was over' });
  return new Promise((resolve) => {
    const failed = (said: string): void => {
      resolve({ reason: 'failed', said });
    };
    const asked = request({ socketPath, path, headers: { host: 'localhost' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => {
        failed('no answer in time');
      });
      response.on('end', () => {
        const output = Buffer.concat(chunks).toString();
        const { statusCode = 0 } = response;
        if (statusCode === 200) resolve({ output });
        else if (statusCode === 403 || statusCode === 401) resolve({ reason: 'forbidden', said: output });
        else if (statusCode === 404) resolve({ reason: 'absent', said: output });
        else failed(output.trim());
      });
    });
    asked.on('error', () => {
      failed('no answer in time');
    });
    asked.setTimeout(milliseconds, () => asked.destroy());
    const limit = setTimeout(() => asked.destroy(), milliseconds);
    asked.once('close', () => {
      clearTimeout(limit);
    });
    asked.end();
  });
}

/** The context that kubectl would use, and its namespace. */
export function currentContext(
  context: string | undefined,
): Promise<{ readonly context: string; readonly namespace: string }> {
  return new Promise((resolve) => {
    const view = ['config', 'view', '--minify', '-o', 'jsonpath={.current-context}{"\\n"}{..namespace}'];
    const child = spawn('kubectl', [...ofContext(context), ...view], { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const done = (): void => {
      // In a pod there is no context, and kubectl asks with the pod's own account.
      const [current = '', namespace = ''] = output.split('\n');
      resolve({ context: context ?? current, namespace: namespace === '' ? 'default' : namespace });
    };
    child.once('error', done);
    child.once('close', done);
  });
}

const ofContext = (context: string | undefined): readonly string[] =>
  context === undefined ? [] : ['--context', context];
