import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const END_WITH_PARENT = new URL('./end-with-parent.js', import.meta.url).href;

/** How {@link ServiceProcess.start} runs a service. */
export interface ServiceProcessOptions {
  readonly name: string;
  /** Its TypeScript source, from the repository's root. */
  readonly program: string;
  /** Where it says that it is ready. */
  readonly operationsPort: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives what the service writes, a line at a time. */
  readonly log: (line: string) => void;
}

/** One service in a process of its own, as a container runs it, straight from the TypeScript sources. */
export class ServiceProcess {
  static start(options: ServiceProcessOptions): ServiceProcess {
    const { name, program, environment, log } = options;
    const child = spawn(process.execPath, ['--import', END_WITH_PARENT, 'cdk8s/run.js', program], {
      cwd: ROOT,
      // Only what the declaration says: a DB_HOST in the developer's shell must not reach the service.
      env: { PATH: process.env['PATH'], NODE_ENV: 'development', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C at the terminal reaches the parent alone, which ends the services in order.
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', log);
    }
    return new ServiceProcess(name, options.operationsPort, child);
  }

  /** Resolves with the exit code, or null after a signal. */
  readonly exited: Promise<number | null>;

  private constructor(
    readonly name: string,
    private readonly operationsPort: number,
    private readonly child: ChildProcess,
  ) {
    this.exited = new Promise((done) => {
      child.once('error', () => {
        done(1);
      });
      child.once('exit', done);
    });
  }

  /** Whether the process is still there. */
  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Resolves when the service answers that it is ready.
   *
   * @throws Error when the process ends first, or with its last answer when `seconds` have passed
   */
  async ready(seconds = 60): Promise<void> {
    const end = Date.now() + seconds * 1000;
    let answer = 'nothing';
    while (this.running && Date.now() < end) {
      try {
        const response = await fetch(`http://127.0.0.1:${this.operationsPort}/readyz`, {
          signal: AbortSignal.timeout(2000),
        });
        if (response.ok) return;
        answer = await response.text();
      } catch (error) {
        answer = error instanceof Error ? error.message : String(error);
      }
      await pause(100);
    }
    throw new Error(
      this.running
        ? `${this.name} is not ready after ${seconds} s. Its last answer to /readyz: ${answer}`
        : `${this.name} ended before it was ready (exit ${this.child.exitCode ?? 'by a signal'}); its log stands above.`,
    );
  }

  /** Asks the service to end, and ends it when it has not after `seconds`. Resolves when it is gone. */
  async stop(seconds = 10): Promise<void> {
    this.child.kill('SIGTERM');
    const limit = setTimeout(() => this.child.kill('SIGKILL'), seconds * 1000);
    await this.exited;
    clearTimeout(limit);
  }

  /** Ends the service at once. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}
