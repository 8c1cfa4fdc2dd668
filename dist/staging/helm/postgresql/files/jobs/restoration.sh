# shellcheck shell=bash
# Sourced: the one way in which a dump of ours becomes a database again, in the verification as in an emergency.

# "3 tables, 120 rows": what a file of fingerprints says.
contents() { awk -F'|' '{ rows += $2 } END { printf "%d tables, %d rows", NR, rows }' "$1"; }

# restore_dump DUMP FINGERPRINTS [BEFORE]: all in one transaction, which is committed only when every table holds what it
# held when it was dumped; so there is never half a restore, and what fails changes nothing. BEFORE is SQL to begin with.
# Owners and grants are not restored: everything belongs to the role that restores.
restore_dump() {
  export EXPECTED=$2 FOUND=/tmp/found.fingerprints FINGERPRINTS_SQL
  FINGERPRINTS_SQL=$(dirname "$0")/fingerprints.sql
  # An extension's comment is its owner's to set, who may be the superuser; it comes with the extension anyway.
  pg_restore --list "$1" | grep -v ' COMMENT - EXTENSION ' >/tmp/restored.list || return
  # A dump that cannot be read to its end must not reach the commit.
  {
    printf "set lock_timeout = '30s';\nbegin;\n%s\n" "${3:-}"
    pg_restore --no-owner --no-privileges --use-list=/tmp/restored.list --file=- "$1" || exit 1
    cat <<'SQL'
\getenv found FOUND
\getenv fingerprints_sql FINGERPRINTS_SQL
\o :found
\i :fingerprints_sql
\o
\set same `diff "$EXPECTED" "$FOUND" >&2 && echo true || echo false`
\if :same
commit;
\else
do $$ begin raise exception 'the tables above hold other rows (name|rows|hash) than when they were dumped'; end $$;
\endif
SQL
  } | psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --output=/dev/null
}
