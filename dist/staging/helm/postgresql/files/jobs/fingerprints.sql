-- Writes one line for each table: its name, its number of rows, and a sum over its rows' hashes that does not depend on
-- their order. Two databases with the same lines hold the same rows. Run where a dump was taken and where it was
-- restored; what makes text of a value is set the same in both.
set local datestyle = 'ISO, YMD';
set local intervalstyle = 'postgres';
set local timezone = 'UTC';
set local bytea_output = 'hex';
set local extra_float_digits = 1;
set local row_security = off;
set local statement_timeout = 0;
set local search_path = pg_catalog;
-- `only`: a table that others inherit from, or that is partitioned, would count their rows twice.
select format(
    'select %L, count(*), coalesce(sum(hashtextextended((row_of_table.*)::text, 0)::numeric), 0) from only %I.%I as row_of_table',
    format('%I.%I', nspname, relname), nspname, relname)
  from pg_class
  join pg_namespace on pg_namespace.oid = relnamespace
 where relkind = 'r'
   and relpersistence <> 't'
   and nspname <> 'information_schema'
   and nspname !~ '^pg_'
   -- An extension's own tables come with the extension.
   and not exists (select from pg_depend
                    where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
 order by nspname collate "C", relname collate "C"
\gexec
