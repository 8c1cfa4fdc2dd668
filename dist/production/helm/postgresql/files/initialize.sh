# shellcheck shell=bash
# Sourced by serve.sh: makes the database on an empty volume.
read -ra initdb_args <<<"${INITDB_ARGS:-}"
# shellcheck source=run-scripts.sh
. "$here/run-scripts.sh"

# A leftover of an attempt that was killed. Nobody was ever served from it.
rm -rf "$staging" 2>/dev/null || true
mkdir -m 700 "$staging" 2>/dev/null ||
  refuse "user $EUID cannot write to the volume at $volume: it is read-only, full, or its storage class ignores fsGroup."

say "making the database $APP_DATABASE of PostgreSQL $PG_MAJOR"
# A socket of its own: one that a killed attempt left in /tmp would be taken for a running server's.
socket=/tmp/initialize
rm -rf "$socket" && mkdir -m 700 "$socket"
# The built-in locale sorts the same with every C library, so that a newer image does not corrupt indexes.
locale=(--locale=C.UTF-8)
[[ " ${initdb_args[*]}" == *' --locale-provider='* ]] || ((PG_MAJOR < 17)) ||
  locale=(--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8)
# Until the rename nothing here counts, so it is synchronised once, at the end, and not after each step: a disk may take
# 10 ms for each of a thousand files. The superuser gets no password: it logs in over the socket of this pod, and
# nowhere else.
initdb --pgdata="$staging" --username=postgres --encoding=UTF8 "${locale[@]}" --data-checksums \
  --auth-local=trust --auth-host=scram-sha-256 --no-sync --no-instructions "${initdb_args[@]}" >/dev/null ||
  refuse "initdb failed, for the reason above. $(free_space) are free on the volume, and a first database takes about 64M; options of primary.initdb.args: ${INITDB_ARGS:-none}."
pg_ctl --pgdata="$staging" --silent --wait \
  --options="-c listen_addresses='' -c unix_socket_directories=$socket -c fsync=off" start >/dev/null
psql --host="$socket" --username=postgres --dbname=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 <<'SQL'
\getenv username APP_USERNAME
\getenv database APP_DATABASE
create role :"username" login;
create database :"database" owner :"username";
SQL
PGHOST=$socket PGUSER=postgres PGDATABASE=$APP_DATABASE run_scripts "$scripts_directory"
pg_ctl --pgdata="$staging" --silent --wait --mode=fast stop >/dev/null
# Everything is on the disk before it gets its name, and then the name is.
initdb --pgdata="$staging" --sync-only >/dev/null
mv "$staging" "$PGDATA"
sync "$volume"
say "made; the role $APP_USERNAME owns $APP_DATABASE"
