import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a set changes is a dozen requests: a kubectl for each would take longer than the engine. */
export class ApiServer {
  private constructor(
    private readonly folder: string,
    private readonly proxy: ChildProcess,
  ) {}

  /** Opens the way to the cluster of KUBECONFIG: one `kubectl proxy`, on a socket that only this user may use. */
  static async open(): Promise<ApiServer> {
    const folder = mkdtempSync(join(tmpdir(), 'cafe-policies-'));
    const proxy = spawn('kubectl', ['proxy', `--unix-socket=${join(folder, 'api')}`], {
      // In a group of its own: Ctrl-C ends the run, which still needs it to delete what it made.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((done, fail) => {
      proxy.stdout.once('data', done);
      proxy.once('error', fail);
      proxy.once('close', () => {
        fail(new Error('kubectl proxy ended'));
      });
    });
    return new ApiServer(folder, proxy);
  }

  /**
   * Sends a request, a PATCH as a merge patch.
   *
   * @returns the object of the answer, or nothing for 404
   * @throws Error with the answer for any other refusal
   */
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const headers = {
      host: 'localhost',
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    };
    return new Promise((done, fail) => {
      const asked = request({ socketPath: join(this.folder, 'api'), method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode === 404) done(undefined);
          else if (statusCode < 300) done(JSON.parse(text));
          else fail(new Error(`${method} ${path}: ${statusCode} ${text}`));
        });
      });
      asked.once('error', fail);
      asked.end(body === undefined ? '' : JSON.stringify(body));
    });
  }

  close(): void {
    this.proxy.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
