import { spawn } from 'node:child_process';

/** A command's end. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and for how long a command runs. */
export interface CommandOptions {
  /** @default - this process's folder */
  readonly cwd?: string;
  /** Seconds until it is ended. @default 300 */
  readonly timeoutSeconds?: number;
  /** Further variables. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads. @default - nothing */
  readonly stdin?: string;
}

/** Runs a command line as a person types it, and gives back what it said, however it ended. */
export function attempt(line: string, options: CommandOptions = {}): Promise<CommandResult> {
  const { cwd, timeoutSeconds = 300, env, stdin } = options;
  return new Promise((done, fail) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const limit = setTimeout(() => {
      stderr += `\n(ended after ${timeoutSeconds} s)`;
      child.kill('SIGKILL');
    }, timeoutSeconds * 1000);
    child.once('error', fail);
    child.once('close', (code) => {
      clearTimeout(limit);
      done({ code: code ?? -1, stdout, stderr });
    });
    // A command that reads nothing may have ended already; how, its code says.
    child.stdin.once('error', () => undefined);
    child.stdin.end(stdin ?? '');
  });
}

/** Runs a command line. @returns its output @throws Error with the line and all that it said, when it fails */
export async function run(line: string, options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(line, options);
  if (code === 0) return stdout;
  throw new Error(
    `$ ${line}\nexit ${code}\n${[stdout, stderr]
      .map((text) => text.trim())
      .join('\n')
      .trim()}`,
  );
}
