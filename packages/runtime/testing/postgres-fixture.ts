import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { copyInitialized } from './copy-initialized.js';
import { PostgresServer, type StopMode } from './postgres-server.js';

const ROLE = { role: 'cafe', password: 'the right one', database: 'cafe_lumiere' } as const;

/** A real PostgreSQL for one test file: in a directory of its own, with the café's role and database. */
export class PostgresFixture {
  static async start({ fsync = false } = {}): Promise<PostgresFixture> {
    const directory = await mkdtemp(join(tmpdir(), 'cafe-test-'));
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

  /** What order-service and its gate read. */
  get environment(): Record<'DB_HOST' | 'DB_PORT' | 'DB_NAME' | 'DB_USER' | 'DB_PASSWORD', string> {
    return {
      DB_HOST: '127.0.0.1',
      DB_PORT: String(this.port),
      DB_NAME: ROLE.database,
      DB_USER: ROLE.role,
      DB_PASSWORD: ROLE.password,
    };
  }

  /** A connection as the café's role; the test ends it. */
  client(): postgres.Sql {
    return postgres({
      host: '127.0.0.1',
      port: this.port,
      user: ROLE.role,
      pass: ROLE.password,
      database: ROLE.database,
      max: 1,
      onnotice: () => undefined,
    });
  }

  /** Resolves when it answers the café's role on a new connection. */
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
