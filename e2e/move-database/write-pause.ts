import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DATABASE, OF_USERS, type Server } from './server.js';

/** Each table of the database, in one lock that lets readers go on. Where somebody is in the way it is tried again. */
const LOCK = `
begin;
do $$ declare tables text; begin
  select string_agg(oid::regclass::text, ', ' order by oid) into tables from pg_class
    where relkind in ('r', 'p') and ${OF_USERS};
  execute 'lock table ' || tables || ' in exclusive mode';
end $$;
\\echo paused
`;
const ATTEMPTS = 10;

/**
 * Writes wait while this is held; reads go on. It is a lock of a session, so nothing has to be undone: when this program
 * is killed, or its machine is gone, PostgreSQL ends the session and writes go on, at the latest after the limit.
 */
export class WritePause {
  readonly begunAt = performance.now();

  private constructor(
    private readonly end: () => void,
    private readonly ask: () => Promise<boolean>,
  ) {}

  /**
   * @param limitSeconds - after which PostgreSQL itself ends the pause
   * @throws Error when no lock can be had
   */
  static async begin(server: Server, limitSeconds: number): Promise<WritePause> {
    for (let attempt = 1; ; attempt += 1) {
      const pause = await WritePause.attempt(server, limitSeconds);
      if (pause !== undefined) return pause;
      if (attempt === ATTEMPTS)
        throw new Error(`in ${ATTEMPTS} attempts the tables could not be locked: somebody else holds one`);
    }
  }

  private static attempt(server: Server, limitSeconds: number): Promise<WritePause | undefined> {
    const [command = '', ...words] = server.psql(DATABASE).split(' ');
    const psql = spawn(command, words, { stdio: ['pipe', 'pipe', 'ignore'] });
    const answers = createInterface({ input: psql.stdout });
    const next = (): Promise<string | undefined> =>
      new Promise((done) => {
        if (psql.exitCode !== null) done(undefined);
        answers.once('line', done);
        psql.once('close', () => {
          done(undefined);
        });
      });
    psql.stdin.on('error', () => undefined);
    psql.stdin.write(
      `set lock_timeout = '2s'; set idle_in_transaction_session_timeout = '${limitSeconds}s';${LOCK}`,
    );
    return next().then((line) => {
      if (line === undefined) return undefined;
      const ask = async (): Promise<boolean> => {
        psql.stdin.write("select 'held';\n");
        return (await next()) !== undefined;
      };
      return new WritePause(() => {
        psql.stdin.end();
      }, ask);
    });
  }

  /** How long it has lasted, in milliseconds. */
  get milliseconds(): number {
    return Math.round(performance.now() - this.begunAt);
  }

  /** @throws Error when the session is gone, so that somebody may have written */
  async mustBeHeld(): Promise<void> {
    if (!(await this.ask()))
      throw new Error('the pause was over before the copy was; the old side serves on');
  }

  /** Lets writes go on. */
  over(): void {
    this.end();
  }
}
