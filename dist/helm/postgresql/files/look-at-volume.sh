# shellcheck shell=bash
# Sourced by serve.sh: looks at the volume before PostgreSQL does. What it does not understand it refuses, with one line: an
# empty database where there was a full one is the worst that can happen.
#
# Every start of the database comes by here, and each process takes its time on a busy node: so bash itself looks.

# The default of initdb, 16 MiB: https://www.postgresql.org/docs/current/wal-configuration.html
WAL_FILE=$((16 * 1024 * 1024))

look_at_database() {
  [[ -O $PGDATA ]] ||
    refuse "$PGDATA belongs to user $(stat -c %u "$PGDATA"), and this container runs as user $EUID. Give it back with: chown -R $EUID $PGDATA."
  [[ -s $PGDATA/PG_VERSION ]] ||
    refuse "$PGDATA is there and has no PG_VERSION, so it is no complete database. Look into it; restore a backup, or move it away to begin with an empty database."
  local found free
  found=$(<"$PGDATA/PG_VERSION")
  [[ $found == "$PG_MAJOR" ]] ||
    refuse "the volume holds data of PostgreSQL $found, and this image is PostgreSQL $PG_MAJOR. Set image.tag back to a $found image; to upgrade, move to a new release with $PG_MAJOR (move.sh, 'Into a new release' in the chart's README)."
  [[ -w $PGDATA ]] ||
    refuse "$PGDATA cannot be written to: the volume is mounted read-only, after an error of its disk perhaps. Look at the node's kernel log, and repair or restore the volume."
  say "the volume holds a database of PostgreSQL $found"
  # Not refused: PostgreSQL may start, and then old data can be deleted.
  free=$(df --block-size=1 --output=avail "$volume")
  ((${free##*[[:space:]]} >= WAL_FILE)) ||
    say "only $(free_space) are free on the volume, less than the next file of the write-ahead log: writes fail, and perhaps the start. Give the claim more ('A larger volume' in the chart's README)."
}

look_at_empty_volume() {
  local strangers
  [[ ! -e $volume/PG_VERSION ]] ||
    refuse "data of PostgreSQL $(<"$volume/PG_VERSION") lie at the volume's root, and this chart keeps them in $PGDATA. Move them there, or restore a dump."
  strangers=$(find "$volume" -mindepth 1 -maxdepth 1 ! -name lost+found ! -path "$staging" -printf '%f ')
  [[ -z $strangers ]] ||
    refuse "the volume is not empty and holds no database of this chart: ${strangers% }. Take another volume, or move these away."
}
