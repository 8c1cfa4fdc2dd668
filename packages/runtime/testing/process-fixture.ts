import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Environment } from '../config.js';

/** A service in a process of its own, as in its container: for tests that kill it. */
export class ProcessFixture {
  /**
   * Starts one on a port of the operating system's choice; it listens when this resolves.
   *
   * @param program - the JavaScript file that its container starts
   */
  static async start(program: string, environment: Environment): Promise<ProcessFixture> {
    const base = {
      HOST: '127.0.0.1',
      PORT: '0',
      OPERATIONS_PORT: '0',
      LOG_LEVEL: 'info',
      DRAIN_SECONDS: '1',
    };
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env['PATH'], ...base, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const orphan = (): void => void child.kill('SIGKILL');
    process.once('exit', orphan);
    child.once('exit', () => process.off('exit', orphan));
    const { port, operationsPort } = await portsOf(child);
    return new ProcessFixture(`http://127.0.0.1:${port}`, `http://127.0.0.1:${operationsPort}`, child);
  }

  /** Resolves with the exit code, or the signal. */
  readonly exited: Promise<number | NodeJS.Signals | null>;

  private constructor(
    readonly url: string,
    /** Where it answers probes and metrics. */
    readonly operationsUrl: string,
    private readonly child: ChildProcess,
  ) {
    this.exited = new Promise((done) =>
      child.once('exit', (code, signal) => {
        done(code ?? signal);
      }),
    );
  }

  /** Whether it has not ended by itself. */
  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get processId(): number {
    return this.child.pid ?? 0;
  }

  /** Sends a signal; {@link exited} says when it is gone. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The status of an answer of its operations port, such as that of `/livez`. */
  async status(path: string): Promise<number> {
    const response = await fetch(`${this.operationsUrl}${path}`, { signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    return response.status;
  }

  /** Resolves when /readyz answers with this status. The caller's test has the deadline. */
  async readyz(status: 200 | 503): Promise<void> {
    while ((await this.status('/readyz')) !== status) await pause(20);
  }
}

const listening = z.object({ port: z.number(), operationsPort: z.number() });
type Listening = z.output<typeof listening>;

/** From the line of its log that says where it listens; the rest is read and dropped, so that it never waits for us. */
function portsOf(child: ChildProcess): Promise<Listening> {
  return new Promise((done, fail) => {
    const { stdout } = child;
    if (!stdout) {
      fail(new Error('the process has no output'));
      return;
    }
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.includes('"msg":"listening on ')) done(listening.parse(JSON.parse(line)));
    });
    child.once('exit', () => {
      fail(new Error('the process ended before it listened'));
    });
  });
}
