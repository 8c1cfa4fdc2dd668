#!/usr/bin/env bash
# Looks at the volume before PostgreSQL does, and makes the database on an empty one. What it does not understand it
# refuses, with one line: an empty database where there was a full one is the worst that can happen.
#
# By serve.sh, in the container of the server: one of its own costs every start a second.
set -euo pipefail
read -ra initdb_args <<<"${INITDB_ARGS:-}"

volume=$(dirname "$PGDATA")
staging=$PGDATA.initializing
user=$(id -u)

say() { echo "initialize: $1"; }
refuse() {
  say "refused: $1"
  exit 1
}
# The default of initdb, 16 MiB: https://www.postgresql.org/docs/current/wal-configuration.html
WAL_FILE=$((16 * 1024 * 1024))
free_space() { df --human-readable --output=avail,size "$volume" | awk 'END { print $1 " of " $2 }'; }
# shellcheck source=hold-volume.sh
. "$(dirname "$0")/hold-volume.sh"
[[ -r $volume && -x $volume ]] ||
  refuse "user $user cannot read the volume at $volume. Its storage class ignores fsGroup: make its root readable and writable for group $(id -g)."
hold_volume "$volume"
# shellcheck source=run-scripts.sh
. "$(dirname "$0")/run-scripts.sh"

if [[ -e $PGDATA ]]; then
  [[ -O $PGDATA ]] ||
    refuse "$PGDATA belongs to user $(stat -c %u "$PGDATA"), and this container runs as user $user. Give it back with: chown -R $user $PGDATA."
  [[ -s $PGDATA/PG_VERSION ]] ||
    refuse "$PGDATA is there and has no PG_VERSION, so it is no complete database. Look into it; restore a backup, or move it away to begin with an empty database."
  found=$(<"$PGDATA/PG_VERSION")
  [[ $found == "$PG_MAJOR" ]] ||
    refuse "the volume holds data of PostgreSQL $found, and this image is PostgreSQL $PG_MAJOR. Set image.tag back to a $found image; to upgrade, move to a new release with $PG_MAJOR (move.sh, 'Into a new release' in the chart's README)."
  [[ -w $PGDATA ]] ||
    refuse "$PGDATA cannot be written to: the volume is mounted read-only, after an error of its disk perhaps. Look at the node's kernel log, and repair or restore the volume."
  say "the volume holds a database of PostgreSQL $found"
  # Not refused: PostgreSQL may start, and then old data can be deleted.
  free=$(df --block-size=1 --output=avail "$volume" | tail -n 1)
  ((free >= WAL_FILE)) ||
    say "only $(free_space) are free on the volume, less than the next file of the write-ahead log: writes fail, and perhaps the start. Give the claim more ('A larger volume' in the chart's README)."
  exit 0
fi

[[ ! -e $volume/PG_VERSION ]] ||
  refuse "data of PostgreSQL $(<"$volume/PG_VERSION") lie at the volume's root, and this chart keeps them in $PGDATA. Move them there, or restore a dump."
strangers=$(find "$volume" -mindepth 1 -maxdepth 1 ! -name lost+found ! -path "$staging" -printf '%f ')
[[ -z $strangers ]] ||
  refuse "the volume is not empty and holds no database of this chart: ${strangers% }. Take another volume, or move these away."
# A leftover of an attempt that was killed. Nobody was ever served from it.
rm -rf "$staging" 2>/dev/null || true
mkdir -m 700 "$staging" 2>/dev/null ||
  refuse "user $user cannot write to the volume at $volume: it is read-only, full, or its storage class ignores fsGroup."

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
