import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { bundledProgram } from '../packages/runtime/testing/bundled-fixture.js';

/** A server that is measured, in a process of its own, bundled as in an image. */
export class Program {
  /** Starts the TypeScript program `entry`; it says on its output where it listens. */
  static async start(entry: string, environment: Readonly<Record<string, string>>): Promise<Program> {
    const bundle = await bundledProgram(entry);
    const child = spawn(process.execPath, [bundle], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout });
    const port = await new Promise<string>((done) => {
      lines.on('line', (line) => {
        const found = /listening on [^"]*:(\d+)"/.exec(line)?.[1];
        if (found !== undefined) done(found);
      });
    });
    return new Program(`http://127.0.0.1:${port}`, child);
  }

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  async end(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}

/** The memory of a process that is really there, in MB. */
export function residentMegabytes(processId: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
