import { z } from 'zod';
import { attempt } from '../command.js';
import { COPY, DATABASE, OF_USERS, type Server } from './server.js';

const table = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  /** Of its primary key; none where it has none. */
  key: z.array(z.string()),
});
type Table = z.output<typeof table>;

/** Each table, with its names as SQL wants them. A generated column cannot be written, and is made anew. */
const TABLES = `
  select json_build_object('name', oid::regclass::text,
    'columns', (select json_agg(quote_ident(attname) order by attnum) from pg_attribute
      where attrelid = t.oid and attnum > 0 and not attisdropped and attgenerated = ''),
    'key', coalesce((select json_agg(quote_ident(attname)) from pg_index join pg_attribute
      on attrelid = indrelid and attnum = any (indkey) where indrelid = t.oid and indisprimary), '[]'))
  from pg_class t where relkind = 'r' and ${OF_USERS} order by 1::text`;

/** A statement that has the next psql do something. */
const tell = (statement: string): string => `select $move$${statement}$move$;`;
/** As the text of COPY ends. */
const END = tell('\\.');

/**
 * What was changed in the old side since a copy of it was begun, for the copy: not all is copied while writes wait. Rows
 * are known by their transaction. Whether the copy is the same then is not said here: compare it.
 *
 * @param since - `Server.transaction`, asked before the copy was begun
 */
export async function copyChanges(old: Server, copy: Server, since: string): Promise<void> {
  const tables = (await old.sql(TABLES, DATABASE)).map((line) => table.parse(JSON.parse(line)));
  // Rows are deleted seldom. When some were, their number says so, and then the keys of all say which.
  const { code } = await send(old, copy, tables, since, false);
  if (code === 0) return;
  const { code: again, stderr } = await send(old, copy, tables, since, true);
  if (again !== 0) throw new Error(`what was changed meanwhile could not be copied: ${stderr.trim()}`);
}

const send = (old: Server, copy: Server, tables: readonly Table[], since: string, allKeys: boolean) =>
  attempt(`${old.psql(DATABASE)} | ${copy.psql(COPY)}`, {
    stdin: [
      // One moment for all, and what a client's settings would change as it is.
      "begin isolation level repeatable read; set datestyle = 'ISO'; set intervalstyle = 'postgres';",
      tell(
        "begin; set session_replication_role = 'replica'; set datestyle = 'ISO'; set intervalstyle = 'postgres';",
      ),
      ...tables.map((one, index) => changesOf(one, index, since, allKeys)),
      ...tables.map(rowsOf),
      SEQUENCES,
      tell('commit;'),
      'commit;',
    ].join('\n'),
    timeoutSeconds: 3600,
  });

function changesOf({ name, columns, key }: Table, index: number, since: string, allKeys: boolean): string {
  const [all, keys] = [columns.join(', '), key.join(', ')];
  if (key.length === 0) {
    return [
      tell(`delete from ${name}; copy ${name} (${all}) from stdin;`),
      `copy ${name} (${all}) to stdout;`,
      END,
    ].join('\n');
  }
  const same = key.map((column) => `here.${column} = there.${column}`).join(' and ');
  return [
    tell(
      `create temp table changed_${index} as select ${all} from ${name} with no data; copy changed_${index} from stdin;`,
    ),
    `copy (select ${all} from ${name} where age(xmin) <= age('${since}'::xid)) to stdout;`,
    END,
    ...(allKeys
      ? [
          tell(
            `create temp table keys_${index} as select ${keys} from ${name} with no data; copy keys_${index} from stdin;`,
          ),
          `copy (select ${keys} from ${name}) to stdout;`,
          END,
          tell(`analyze keys_${index};`),
          tell(`delete from ${name} here where not exists (select from keys_${index} there where ${same});`),
        ]
      : []),
    tell(`analyze changed_${index}; delete from ${name} here using changed_${index} there where ${same};`),
    tell(`insert into ${name} (${all}) overriding system value select ${all} from changed_${index};`),
  ].join('\n');
}

/** The copy is as large as the old side, or nothing of it holds. */
const rowsOf = ({ name }: Table): string => `
  select format('do $do$ begin if (select count(*) from %1$s) <> %2$s then raise ''%1$s has another number of rows''; end if; end $do$;',
    '${name.replaceAll("'", "''")}', count(*)) from ${name};`;

const SEQUENCES = `
  select format('select format(''select setval(%%L, %%s, %%L) \\g /dev/null'', %L, last_value, is_called) from %s', oid::regclass, oid::regclass)
    from pg_class where relkind = 'S' and ${OF_USERS} \\gexec`;
