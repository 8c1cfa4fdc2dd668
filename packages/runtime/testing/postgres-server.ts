import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { freePort } from './free-port.js';
import { asDatabaseUser, databaseUser } from './database-user.js';
import { embeddedPostgres } from './embedded-postgres.js';
import { initializeDataDirectory, SUPERUSER } from './initialize-data-directory.js';
import { superuserAccess, type SuperuserAccess } from './superuser-access.js';

/** Where and how {@link PostgresServer.start} runs PostgreSQL. */
export interface PostgresServerOptions {
  /** The data directory. It is made and initialised when it does not exist; its data survive a restart. */
  readonly dataDirectory: string;
  /** @default - a free port of this computer */
  readonly port?: number;
  /**
   * Whether commits wait for the disk. Tests that never cut this computer's power may do without.
   * @default true
   */
  readonly fsync?: boolean;
  /** What pg_hba.conf says. @default - the superuser comes in through a socket of ours alone, and others with a password */
  readonly accessRules?: string;
  /** Receives PostgreSQL's own log, a line at a time. @default - the lines are dropped */
  readonly log?: (line: string) => void;
}

/** A role that logs in with a password and owns its database, as an application's role should. */
export interface RoleAndDatabase {
  readonly role: string;
  readonly password: string;
  readonly database: string;
}

/** `fast` ends the sessions and writes everything down; `immediate` is a crash, and the next start recovers. */
export type StopMode = 'fast' | 'immediate';

const STOP_SIGNAL = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const satisfies Record<
  StopMode,
  NodeJS.Signals
>;

/** A real PostgreSQL on this computer's loopback address, from the packages of `embedded-postgres`: no Docker, no service. */
export class PostgresServer {
  /**
   * Starts PostgreSQL and resolves when it accepts connections.
   *
   * @throws Error with PostgreSQL's last lines when it does not start: the port is taken, the data directory is
   * in use by another process, or it was written by another major version.
   */
  static async start(options: PostgresServerOptions): Promise<PostgresServer> {
    const dataDirectory = resolve(options.dataDirectory);
    const binaries = await embeddedPostgres();
    await initializeDataDirectory(binaries, dataDirectory);
    const port = options.port ?? (await freePort());
    const access = await superuserAccess(databaseUser());
    await writeFile(join(dataDirectory, 'pg_hba.conf'), options.accessRules ?? access.rules);
    const [command, words] = asDatabaseUser(binaries.postgres, [
      ...['-D', dataDirectory, '-p', String(port)],
      ...['-c', 'listen_addresses=127.0.0.1', ...access.words],
      ...['-c', `fsync=${options.fsync === false ? 'off' : 'on'}`],
    ]);
    // A group of its own: Ctrl-C at the terminal reaches whoever started us, and they stop us last.
    const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    const server = new PostgresServer(child, port, access);
    await server.accepting(dataDirectory, options.log);
    return server;
  }

  /** How the superuser connects: `host` is the folder of a socket, which libpq and postgres.js know from its slash. */
  readonly superuser: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** The id of PostgreSQL's first process, for tests that freeze or kill it. */
  readonly processId: number;
  private readonly exited: Promise<void>;
  private readonly killAtExit = (): void => {
    this.child.kill(STOP_SIGNAL.fast);
  };

  private constructor(
    private readonly child: ChildProcess,
    /** The TCP port on 127.0.0.1. */
    readonly port: number,
    access: SuperuserAccess,
  ) {
    this.superuser = { user: SUPERUSER, database: 'postgres', host: access.folder, port };
    this.processId = child.pid ?? 0;
    this.exited = new Promise<void>((done) =>
      child.once('close', () => {
        done();
      }),
    ).then(access.remove);
    process.once('exit', this.killAtExit);
  }

  /** Makes the role and its database, or gives an existing role the password. May be repeated. */
  async createRoleAndDatabase({ role, password, database }: RoleAndDatabase): Promise<void> {
    const sql = postgres({ ...this.superuser, max: 1, onnotice: () => undefined });
    try {
      const quoted = password.replaceAll("'", "''");
      const [roleFound] = await sql`select 1 from pg_roles where rolname = ${role}`;
      await sql.unsafe(`set standard_conforming_strings = on`);
      await sql`${sql.unsafe(roleFound ? 'alter' : 'create')} role ${sql(role)} login password '${sql.unsafe(quoted)}'`;
      const [databaseFound] = await sql`select 1 from pg_database where datname = ${database}`;
      if (!databaseFound) await sql`create database ${sql(database)} owner ${sql(role)}`;
    } finally {
      await sql.end();
    }
  }

  /** Stops PostgreSQL and resolves when its process is gone. A second call does nothing. */
  async stop(mode: StopMode = 'fast'): Promise<void> {
    process.off('exit', this.killAtExit);
    // A frozen process does not act on a signal until it is woken.
    this.child.kill('SIGCONT');
    this.child.kill(STOP_SIGNAL[mode]);
    await this.exited;
  }

  private async accepting(dataDirectory: string, log: PostgresServerOptions['log']): Promise<void> {
    const { stderr } = this.child;
    if (!stderr) throw new Error('PostgreSQL was started without a pipe for its log');
    const lastLines: string[] = [];
    await new Promise<void>((done, fail) => {
      this.child.once('error', fail);
      this.child.once('close', () => {
        fail(
          new Error(
            `PostgreSQL did not start on port ${this.port} with ${dataDirectory}:\n  ${lastLines.join('\n  ')}`,
          ),
        );
      });
      createInterface({ input: stderr }).on('line', (line) => {
        log?.(line);
        lastLines.push(line);
        if (lastLines.length > 8) lastLines.shift();
        // A standby says "read-only connections".
        if (/database system is ready to accept (?:read-only )?connections/.test(line)) done();
      });
    });
  }
}
