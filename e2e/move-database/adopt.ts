import { must } from '../journal.js';
import { DATABASE, OF_USERS, OWNER, type Server } from './server.js';

/**
 * Another's database becomes the café's: it gets the café's name, and the café's role owns what somebody made in it. Only
 * for a server that is a copy. Rights of further roles stay, and those roles are needed on the new side.
 *
 * @param wanted - the database's name; the only one that holds a table unless it is given
 * @throws Error with the databases that are there, when it is not one
 */
export async function adopt(server: Server, wanted: string | undefined): Promise<void> {
  const name = await chosen(server, wanted);
  if (name === 'postgres') await server.sql(`create database ${DATABASE} template postgres`, 'template1');
  else if (name !== DATABASE) await server.sql(`alter database "${name}" rename to ${DATABASE}`);
  await server.sql(ADOPT, DATABASE);
}

async function chosen(server: Server, wanted: string | undefined): Promise<string> {
  const names = await server.sql(
    'select datname from pg_database where datallowconn and not datistemplate order by 1',
  );
  if (wanted !== undefined) {
    must(names.includes(wanted), `it holds no database "${wanted}". It holds: ${names.join(', ')}`);
    return wanted;
  }
  const full: string[] = [];
  for (const name of names) {
    const tables = await server.sql(
      `select 1 from pg_class where relkind in ('r', 'p') and ${OF_USERS} limit 1`,
      name,
    );
    if (tables.length > 0) full.push(name);
  }
  const [only, ...others] = full;
  must(only !== undefined, `none of its databases holds a table. It holds: ${names.join(', ')}`);
  must(
    others.length === 0,
    `several of its databases hold tables: ${full.join(', ')}. Say which one: FROM=<claim>/<database>`,
  );
  return only;
}

/** In SQL, of a row with the name `made`: whether an extension has brought it, and owns it by that. */
const OF_AN_EXTENSION = (catalogue: string): string =>
  `exists (select from pg_depend where classid = '${catalogue}'::regclass and objid = made.oid and deptype = 'e')`;

/**
 * The role that has made most becomes the café's, with all its rights. What the superuser has made, and other roles, is
 * given to it; REASSIGN OWNED is refused for a superuser, who owns PostgreSQL itself. A sequence goes with its column.
 */
const ADOPT = `
do $$
declare
  former text;
  statement text;
begin
  select rolname into former from pg_roles role where not rolsuper and rolname !~ '^pg_' order by
    (select count(*) from pg_class where relowner = role.oid) desc,
    (select count(*) from pg_database where datdba = role.oid) desc, rolcanlogin desc, role.oid limit 1;
  if not exists (select from pg_roles where rolname = '${OWNER}') then
    if former is null then create role ${OWNER};
    else execute format('alter role %I rename to ${OWNER}', former);
    end if;
  end if;
  alter database ${DATABASE} owner to ${OWNER};
  for statement in
    select format('reassign owned by %I to ${OWNER}', rolname) from pg_roles
      where not rolsuper and rolname !~ '^pg_' and rolname <> '${OWNER}'
    union all
    select format('alter %s %s owner to ${OWNER}',
      case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
        when 'f' then 'foreign table' else 'table' end, oid::regclass)
      from pg_class made where relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${OF_USERS} and not ${OF_AN_EXTENSION('pg_class')}
        and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = made.oid
          and refclassid = 'pg_class'::regclass and relkind = 'S' and deptype in ('a', 'i'))
    union all
    select format('alter routine %s owner to ${OWNER}', oid::regprocedure) from pg_proc made
      where pronamespace::regnamespace::text !~ '^(pg_|information_schema$)' and not ${OF_AN_EXTENSION('pg_proc')}
    union all
    select format('alter type %s owner to ${OWNER}', oid::regtype) from pg_type made
      where typnamespace::regnamespace::text !~ '^(pg_|information_schema$)' and not ${OF_AN_EXTENSION('pg_type')}
        and (typtype in ('e', 'd', 'r') or exists (select from pg_class where oid = typrelid and relkind = 'c'))
    union all
    select format('alter schema %I owner to ${OWNER}', nspname) from pg_namespace made
      where nspname !~ '^(pg_|information_schema$|public$)' and not ${OF_AN_EXTENSION('pg_namespace')}
  loop
    execute statement;
  end loop;
end $$`;
