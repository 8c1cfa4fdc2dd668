#!/usr/bin/env bash
# Dumps the database to the claim, proves that the dump restores, and keeps the newest ones. A dump has its name only when
# it is complete and on the disk; beside it are its checksum and what was in each table at its moment.
set -euo pipefail
here=$(dirname "$0")
# shellcheck source=connection.sh
. "$here/connection.sh"
# shellcheck source=restoration.sh
. "$here/restoration.sh"
# shellcheck source=scratch-server.sh
. "$here/scratch-server.sh"

claim=$BACKUP_DIRECTORY
# The server's name and the database's have no dots, so no other release's dumps begin like this.
ours=$PGHOST.$PGDATABASE
name=$ours.$(date -u +%Y%m%dT%H%M%SZ).dump
export DUMP_FILE=$claim/.in-progress.dump FINGERPRINTS=$claim/.in-progress.fingerprints
export FINGERPRINTS_SQL=$here/fingerprints.sql

trap 'exit 143' TERM INT
trap 'status=$?; trap - EXIT; stop_scratch_server; rm -f "$claim"/.in-progress.*; exit $status' EXIT
[[ -w $claim ]] ||
  refuse "user $(id -u) cannot write to the backup claim at $claim: it is read-only, or its storage class ignores fsGroup."
# One at a time, also when somebody makes a job by hand. A file system without locks (flock ends with another code than
# 1) is used without.
exec 9<"$claim"
status=0
flock -x -n 9 || status=$?
((status != 1)) || refuse "another backup writes to this claim. Wait until it has ended."
rm -f "$claim"/.in-progress.*

wait_for_database 120
say "dumps $PGDATABASE of $PGHOST to $name"
# pg_dump and the fingerprints see one snapshot, however busy the application is meanwhile.
psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --output=/dev/null <<'SQL' ||
select set_config(name, '0', false) from pg_settings
  where name in ('idle_in_transaction_session_timeout', 'transaction_timeout', 'statement_timeout');
begin isolation level repeatable read read only;
select pg_export_snapshot() as snapshot \gset
\setenv SNAPSHOT :snapshot
\set dumped `pg_dump --no-password --format=custom --snapshot="$SNAPSHOT" --lock-wait-timeout=60s --file="$DUMP_FILE" && echo true || echo false`
\if :dumped
\else
do $$ begin raise exception 'pg_dump did not succeed'; end $$;
\endif
\getenv fingerprints FINGERPRINTS
\getenv fingerprints_sql FINGERPRINTS_SQL
\o :fingerprints
\i :fingerprints_sql
\o
commit;
SQL
  fail "$PGDATABASE of $PGHOST is not dumped, for the reason above. $(df --output=avail -h "$claim" | tail -n 1 | tr -d ' ') are free on the claim; older backups are as they were."

checksum=$(sha256sum <"$DUMP_FILE")
sync "$DUMP_FILE" "$FINGERPRINTS"
# Until it is known to restore it is kept under a name that nothing takes for a backup, and no longer than until the next.
rm -f "$claim/$ours".*.dump.unverified
mv "$DUMP_FILE" "$claim/$name.unverified"

if [[ $VERIFY == true ]]; then
  start_scratch_server ||
    fail "the scratch server for the verification did not start: $(tail -n 1 "$scratch_log"). The dump is kept as $name.unverified."
  in_scratch_server restore_dump "$claim/$name.unverified" "$FINGERPRINTS" ||
    fail "the dump does not restore to what was dumped, for the reason above. It is kept as $name.unverified; older backups are as they were."
  stop_scratch_server
fi

echo "${checksum%% *}  $name" >"$claim/$name.sha256"
mv "$FINGERPRINTS" "$claim/$name.fingerprints"
mv "$claim/$name.unverified" "$claim/$name"
sync "$claim/$name.sha256" "$claim"

mapfile -t old < <(find "$claim" -maxdepth 1 -name "$ours.*.dump" -printf '%f\n' | sort | head -n "-$KEEP")
for dump in "${old[@]}"; do
  rm -f "$claim/$dump" "$claim/$dump.sha256" "$claim/$dump.fingerprints"
  say "deleted $dump: $KEEP newer ones are kept"
done
verified=''
[[ $VERIFY != true ]] || verified=', restored into a scratch server and found equal'
say "made $name: $(contents "$claim/$name.fingerprints"), $(stat -c %s "$claim/$name") bytes$verified"
