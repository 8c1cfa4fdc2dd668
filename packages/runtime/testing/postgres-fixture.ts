import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { errorCode } from '../network/network-error.js';
import type { DatabaseAccess } from '../database/database-settings.js';
import { copyInitialized } from './copy-initialized.js';
import { PostgresServer, type PostgresServerOptions, type StopMode } from './postgres-server.js';

const ROLE = { role: 'app', password: 'the right one', database: 'app' } as const;

/** A real PostgreSQL for one test file: in a directory of its own, with an application's role and its database. */
export class PostgresFixture {
  static async start({
    fsync = false,
    log,
  }: Pick<PostgresServerOptions, 'fsync' | 'log'> = {}): Promise<PostgresFixture> {
    const directory = await mkdtemp(join(fsync ? tmpdir() : await inMemory(), 'postgres-fixture-'));
    const options = { dataDirectory: join(directory, 'postgres'), fsync, ...(log ? { log } : {}) };
    await copyInitialized(options.dataDirectory);
    const server = await PostgresServer.start(options);
    await server.createRoleAndDatabase(ROLE);
    return new PostgresFixture(directory, options, server);
  }

  private constructor(
    private readonly directory: string,
    private readonly options: PostgresServerOptions,
    private server: PostgresServer,
  ) {}

  get dataDirectory(): string {
    return this.options.dataDirectory;
  }

  get port(): number {
    return this.server.port;
  }

  /** How the superuser connects. */
  get superuser(): PostgresServer['superuser'] {
    return this.server.superuser;
  }

  /** How an application connects. */
  get access(): DatabaseAccess {
    const { role: user, password, database } = ROLE;
    return { host: '127.0.0.1', port: this.port, database, user, password };
  }

  /** The same as the variables of a service with one database. */
  get environment(): Record<'DB_HOST' | 'DB_PORT' | 'DB_NAME' | 'DB_USER' | 'DB_PASSWORD', string> {
    const { host, port, database, user, password } = this.access;
    return {
      DB_HOST: host,
      DB_PORT: String(port),
      DB_NAME: database,
      DB_USER: user,
      DB_PASSWORD: password,
    };
  }

  /** A connection as the application's role; the test ends it. */
  client(): postgres.Sql {
    return postgres({ ...this.access, max: 1, onnotice: () => undefined });
  }

  /** Resolves when it answers the application's role on a new connection. */
  async answering(): Promise<void> {
    for (;;) {
      const sql = this.client();
      try {
        await sql`select 1`;
        return;
      } catch {
        await pause(10);
      } finally {
        await sql.end({ timeout: 0 });
      }
    }
  }

  /** Makes another database of the same role, empty. */
  async createDatabase(database: string): Promise<void> {
    await this.server.createRoleAndDatabase({ ...ROLE, database });
  }

  async stop(mode?: StopMode): Promise<void> {
    await this.server.stop(mode);
  }

  /** Starts again on the same port with the same data. */
  async startAgain(): Promise<void> {
    this.server = await PostgresServer.start({ ...this.options, port: this.port });
  }

  /** Runs statements as the superuser. */
  async execute(statements: string): Promise<void> {
    const sql = postgres({ ...this.superuser, max: 1, onnotice: () => undefined });
    try {
      await sql.unsafe(statements);
    } finally {
      await sql.end();
    }
  }

  /**
   * Stops every process of the server where it stands, as a machine does that is out of memory or whose disk hangs.
   *
   * @returns lets them go on
   */
  async freeze(): Promise<() => void> {
    const parent = this.server.processId;
    const processes = [parent, ...(await childrenOf(parent))];
    for (const id of processes) signal(id, 'SIGSTOP');
    return () => {
      for (const id of processes) signal(id, 'SIGCONT');
    };
  }

  /**
   * Lets every process of the server run for a part of the time only, as on a machine that has much else to do.
   *
   * @returns ends it
   */
  slow({ runMs, standMs }: { readonly runMs: number; readonly standMs: number }): () => Promise<void> {
    const ending = new AbortController();
    const cycle = async (): Promise<void> => {
      while (!ending.signal.aborted) {
        const thaw = await this.freeze();
        await pause(standMs);
        thaw();
        await pause(runMs);
      }
    };
    const ended = cycle();
    return () => {
      ending.abort();
      return ended;
    };
  }

  /** Kills one of its sessions; then PostgreSQL ends all of them and recovers, as after a crash. */
  async crash(): Promise<void> {
    const sql = postgres({ ...this.superuser, max: 1 });
    const [session] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    if (session) signal(session.pid, 'SIGKILL');
    await sql.end({ timeout: 0 });
  }

  /** Stops it and removes its data. */
  async remove(): Promise<void> {
    await this.server.stop('immediate');
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Linux's files in memory. PostgreSQL has its shared memory there, too. */
const MEMORY = '/dev/shm';
/** A thousand small files go with each server, and a disk's file system takes long to make the next ones. */
const ROOM = 1024 ** 3;

/** Where data may lie that nobody keeps and no disk is waited for: in memory where there is room (a container of Docker's has 64 MB). */
async function inMemory(): Promise<string> {
  const found = await statfs(MEMORY).catch(() => undefined);
  return found && found.bavail * found.bsize > ROOM ? MEMORY : tmpdir();
}

/** A process may have ended meanwhile. */
function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** From Linux itself, because small Debian images have no pgrep; from pgrep where there is no /proc, as on macOS. */
async function childrenOf(parent: number): Promise<number[]> {
  const words = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8').catch(() =>
    execFileSync('pgrep', ['-P', String(parent)], { encoding: 'utf8' }),
  );
  // None, in the moment in which it begins anew: a signal to 0 would reach ourselves.
  return words.split(/\s+/).filter(Boolean).map(Number);
}
