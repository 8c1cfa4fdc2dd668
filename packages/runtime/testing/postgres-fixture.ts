import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import type { DatabaseAccess } from '../database/database-settings.js';
import { copyInitialized } from './copy-initialized.js';
import { PostgresServer, type StopMode } from './postgres-server.js';

const ROLE = { role: 'app', password: 'the right one', database: 'app' } as const;

/** A real PostgreSQL for one test file: in a directory of its own, with an application's role and its database. */
export class PostgresFixture {
  static async start({ fsync = false } = {}): Promise<PostgresFixture> {
    const directory = await mkdtemp(join(tmpdir(), 'postgres-fixture-'));
    const dataDirectory = join(directory, 'postgres');
    await copyInitialized(dataDirectory);
    const server = await PostgresServer.start({ dataDirectory, fsync });
    await server.createRoleAndDatabase(ROLE);
    return new PostgresFixture(directory, dataDirectory, server, fsync);
  }

  private constructor(
    private readonly directory: string,
    readonly dataDirectory: string,
    private server: PostgresServer,
    private readonly fsync: boolean,
  ) {}

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
    this.server = await PostgresServer.start({
      dataDirectory: this.dataDirectory,
      port: this.port,
      fsync: this.fsync,
    });
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
    for (const id of processes) process.kill(id, 'SIGSTOP');
    return () => {
      for (const id of processes) process.kill(id, 'SIGCONT');
    };
  }

  /** Stops it and removes its data. */
  async remove(): Promise<void> {
    await this.server.stop('immediate');
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** From Linux itself, because small Debian images have no pgrep; from pgrep where there is no /proc, as on macOS. */
async function childrenOf(parent: number): Promise<number[]> {
  const words = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8').catch(() =>
    execFileSync('pgrep', ['-P', String(parent)], { encoding: 'utf8' }),
  );
  return words.trim().split(/\s+/).map(Number);
}
