#!/usr/bin/env bash
# Puts a dump into the real database, in one transaction: the application sees all of it or nothing. What is there already
# is replaced only when REPLACE says so.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=connection.sh
. "$here/connection.sh"
# shellcheck source=restoration.sh
. "$here/restoration.sh"

claim=$BACKUP_DIRECTORY
trap 'exit 143' TERM INT

dumps=$(find "$claim" -maxdepth 1 -name '*.dump' -printf '%f\n' | sort)
dump=${DUMP:-$(grep -F "$PGHOST.$PGDATABASE." <<<"$dumps" | tail -n 1 || true)}
[[ -n $dump && $dump != */* && -f $claim/$dump ]] ||
  refuse "there is no dump ${dump:-of $PGDATABASE at $PGHOST} on the claim. Set DUMP to one of: ${dumps//$'\n'/ }."
# A dump has its fingerprints beside it, or it is none of ours.
[[ -f $claim/$dump.sha256 && -f $claim/$dump.fingerprints ]] ||
  refuse "$dump has no .sha256 or no .fingerprints beside it, so nothing could say whether it is restored whole. Bring them back, or restore it by hand with pg_restore."
(cd "$claim" && sha256sum --check --status "$dump.sha256") ||
  refuse "$dump is not what was written: its SHA-256 is another than in $dump.sha256. Take another dump: ${dumps//$'\n'/ }."

wait_for_database 120
tables=$(ask "select count(*) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'p', 'v', 'm') and nspname <> 'information_schema' and nspname !~ '^pg_'")
before=''
if ((tables > 0)); then
  [[ ${REPLACE:-} == yes ]] ||
    refuse "the database $PGDATABASE at $PGHOST holds $tables tables and views. Set REPLACE=yes to replace them with what is in $dump."
  # The role has no right to drop its database. The grant is what an owner has anyway, and `drop owned` revokes.
  before="drop owned by current_user; grant all on database \"$PGDATABASE\" to current_user;"
fi
say "restores $dump into $PGDATABASE at $PGHOST"
restore_dump "$claim/$dump" "$claim/$dump.fingerprints" "$before" ||
  fail "$dump is not restored, for the reason above; $PGDATABASE at $PGHOST is as it was. When a lock is the reason, scale the application to 0 and restore again."
say "restored $dump into $PGDATABASE at $PGHOST: $(contents "$claim/$dump.fingerprints"), equal to the dump's"
