import { NAMESPACE } from '../cluster.js';
import { run } from '../command.js';
import { eventually } from '../journal.js';

/** The database of the café, and the role that owns it: cdk8s/database.ts. */
export const DATABASE = 'cafe_lumiere';
export const OWNER = 'cafe';
/** What a copy is called until it is the database: nobody is led to it, and each attempt makes it anew. */
export const COPY = `${DATABASE}_moved`;

const PSQL = 'psql -U postgres -XAtq -v ON_ERROR_STOP=1';
const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** A PostgreSQL that can be the new or the old side, as its superuser sees it: over the socket of its pod. */
export class Server {
  /** That of a pod's container `postgres`. */
  static inPod(pod: string): Server {
    return new Server(`kubectl -n ${NAMESPACE} exec -i ${pod} -c postgres --`);
  }

  /** @param exec - how a command begins that runs where its tools and its socket are */
  constructor(private readonly exec: string) {}

  /** What lets statements in at its standard input, as the superuser. */
  psql(database: string): string {
    return `${this.exec} ${PSQL} -d ${database}`;
  }

  /** @returns what the statements answered, a line each */
  async sql(statements: string, database = 'postgres'): Promise<readonly string[]> {
    return lines(await run(this.psql(database), { stdin: statements, timeoutSeconds: 600 }));
  }

  /** Whether the owner may log in; a closed side lets nobody in. */
  async isOpen(): Promise<boolean> {
    const [open] = await this.sql(`select rolcanlogin from pg_roles where rolname = '${OWNER}'`);
    return open === 't';
  }

  /** Lets the owner log in again. */
  async open(): Promise<void> {
    await this.sql(`alter role ${OWNER} login`);
  }

  /** Lets the owner in no more, and waits until nobody of it is left. No row is written. */
  async close(): Promise<void> {
    await this.sql(`
      alter role ${OWNER} nologin;
      do $$ begin
        -- Twice nobody, a while apart: a log-in that was under way is there by then.
        for quiet in 1 .. 2 loop
          loop
            perform pg_terminate_backend(pid) from pg_stat_activity where usename = '${OWNER}';
            exit when not found;
            perform pg_stat_clear_snapshot(), pg_sleep(0.1);
          end loop;
          perform pg_stat_clear_snapshot(), pg_sleep(0.25);
        end loop;
      end $$`);
  }

  /**
   * Copies the other's database into one of its own, which nobody is led to. A former copy is dropped before.
   *
   * @throws Error with what the tools said; then there is no copy
   */
  async copyFrom(other: Server): Promise<void> {
    await this.sql(
      `drop database if exists ${COPY} with (force);\ncreate database ${COPY} owner ${OWNER} template template0`,
    );
    await run(
      `${other.exec} pg_dump -U postgres -d ${DATABASE} --format=custom --compress=0 | ` +
        `${this.exec} pg_restore -U postgres -d ${COPY} --single-transaction --exit-on-error`,
      { timeoutSeconds: 3600 },
    );
    await this.sql('analyze', COPY);
  }

  /** The oldest transaction that is not over: whatever one before it did is in a copy that is begun afterwards. */
  async transaction(): Promise<string> {
    const [id = ''] = await this.sql(
      'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295',
      DATABASE,
    );
    return id;
  }

  /** Whether there are large objects, of which no row says when it was changed. */
  async hasLargeObjects(): Promise<boolean> {
    return (await this.sql('select 1 from pg_largeobject_metadata limit 1', DATABASE)).length > 0;
  }

  /** Whether there is a copy that has not become the database yet. */
  async hasCopy(): Promise<boolean> {
    return (await this.sql(`select 1 from pg_database where datname = '${COPY}'`)).length > 0;
  }

  /**
   * The copy is the database from now on, and the owner may log in. What was the database before keeps its rows under
   * another name.
   *
   * @returns that name, or nothing where it held no table
   */
  async useCopy(): Promise<string | undefined> {
    const before = `${DATABASE}_before_${Math.floor(Date.now() / 1000)}`;
    const there = await this.sql(`select 1 from pg_database where datname = '${DATABASE}'`);
    const [tables = '0'] =
      there.length === 0
        ? []
        : await this.sql(`select count(*) from pg_class where relkind = 'r' and ${OF_USERS}`, DATABASE);
    if (tables === '0') await this.sql(`drop database if exists ${DATABASE} with (force)`);
    const leave = tables === '0' ? '' : `alter database ${DATABASE} rename to ${before};`;
    // Whoever looks at it at that moment, a monitor perhaps, is in the way.
    await eventually(20, () =>
      this.sql(`
        do $$ begin perform pg_terminate_backend(pid, 2000) from pg_stat_activity
          where datname in ('${DATABASE}', '${COPY}'); end $$;
        begin; ${leave} alter database ${COPY} rename to ${DATABASE}; alter role ${OWNER} login; commit;`),
    );
    return tables === '0' ? undefined : before;
  }

  /** Everything by which two databases are told apart but their rows: settings, and the schema with its owners and rights. */
  async structure(of: 'database' | 'copy'): Promise<readonly string[]> {
    const name = of === 'copy' ? COPY : DATABASE;
    const settings = await this.sql(`
      select 'major version ' || current_setting('server_version_num')::int / 10000;
      select format('encoding %s, locale %s, rights %s', pg_encoding_to_char(encoding),
        coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', datcollate || ' ' || datctype),
        coalesce(datacl::text, 'as by default')) from pg_database d where datname = '${name}';
      select format('set %s for %s', setting, coalesce(setrole::regrole::text, 'all')) from pg_db_role_setting,
        unnest(setconfig) as setting where setdatabase = (select oid from pg_database where datname = '${name}') order by 1`);
    const schema = await run(`${this.exec} pg_dump -U postgres -d ${name} --schema-only`);
    // The rest differs from one call, or one minor version, to the next.
    const kept = lines(schema).filter((line) => !/^(--|\\|SET |SELECT pg_catalog\.set_config)/.test(line));
    return [...settings, ...kept];
  }

  /** The number of rows of each table and the sum of their hashes, and where each sequence is. */
  async contents(of: 'database' | 'copy'): Promise<readonly string[]> {
    return this.sql(CONTENTS, of === 'copy' ? COPY : DATABASE);
  }

  /** How much it takes on the disk, in words. */
  async size(): Promise<string> {
    const [size = ''] = await this.sql(`select pg_size_pretty(pg_database_size('${DATABASE}'))`);
    return size;
  }
}

/** In SQL, of a row of pg_class: whether it is none of PostgreSQL's own. */
export const OF_USERS = `relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'`;
/** Statements that make statements, which psql runs then. Hashes are summed, so that the order of rows does not matter. */
const CONTENTS = `
  set timezone = 'UTC';
  set datestyle = 'ISO';
  select format('select %L || count(*) || '' rows, '' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from %s t',
    oid::regclass || ': ', oid::regclass) from pg_class where relkind in ('r', 'm') and ${OF_USERS} order by oid::regclass::text \\gexec
  select format('select %L || last_value || '' '' || is_called from %s', oid::regclass || ': ', oid::regclass)
    from pg_class where relkind = 'S' and ${OF_USERS} order by oid::regclass::text \\gexec
`;

/** @throws Error with the first line that one side alone has */
export function expectEqual(what: string, ours: readonly string[], theirs: readonly string[]): void {
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  if (at < 0 && ours.length === theirs.length) return;
  const index = at < 0 ? ours.length : at;
  throw new Error(
    `${what} of the copy differ: the old side has "${ours[index] ?? 'nothing more'}" where the copy has "${theirs[index] ?? 'nothing more'}".`,
  );
}
