#!/usr/bin/env bash
# What an application does, once: connects through the Service with the Secret's password, writes a row, and reads it
# back over another connection. And it asks where the data lie: serve.sh has looked, and says so in a setting.
set -euo pipefail
# shellcheck source=connection.sh
. "$(dirname "$0")/connection.sh"

# Of a name that nobody else takes; a test that was killed leaves it, and the next one begins by dropping it.
schema=helm_test_of_the_chart_postgresql
drop() { PGOPTIONS='-c client_min_messages=warning' ask "drop schema if exists $schema cascade"; }
trap 'exit 143' TERM INT
trap 'status=$?; trap - EXIT; drop >/dev/null 2>&1 || true; exit $status' EXIT

wait_for_database 60
drop
written=$(cat /proc/sys/kernel/random/uuid)
ask "create schema $schema; create table $schema.row (value text not null); insert into $schema.row values ('$written')" ||
  fail "the role $PGUSER cannot write to the database $PGDATABASE"
read_back=$(ask "select value from $schema.row")
[[ $read_back == "$written" ]] || fail "wrote $written, and another connection read '$read_back'"
superuser=$(ask "select rolsuper from pg_roles where rolname = current_user")
[[ $superuser == f ]] || fail "the role $PGUSER is a superuser; an application's role must not be able to do everything"
owner=$(ask "select pg_get_userbyid(datdba) from pg_database where datname = current_database()")
[[ $owner == "$PGUSER" ]] || fail "the database $PGDATABASE belongs to $owner, not to $PGUSER"
volume=$(ask "select coalesce(current_setting('chart.volume', true), '')")
[[ -n $volume ]] || fail "the server does not say what its data are on, so it was not started by this chart's serve.sh: $PGHOST is another PostgreSQL"
say "wrote a row to $PGDATABASE at $PGHOST:$PGPORT as $PGUSER, and read it back; PostgreSQL $(ask 'show server_version'), its data on the claim ($volume)"
