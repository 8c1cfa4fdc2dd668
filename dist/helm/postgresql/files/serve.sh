#!/usr/bin/env bash
# Looks at the volume, makes the database on an empty one, and becomes PostgreSQL. Not by way of the image's entrypoint,
# which on a volume without data would make an empty database. In one process: a container of its own for the look costs
# every start a second, and each process a part of it.
set -euo pipefail
here=${0%/*}
volume=${PGDATA%/*}
staging=$PGDATA.initializing

say() { echo "initialize: $1"; }
refuse() {
  say "refused: $1"
  exit 1
}
free_space() { df --human-readable --output=avail,size "$volume" | awk 'END { print $1 " of " $2 }'; }
# shellcheck source=hold-volume.sh
. "$here/hold-volume.sh"
# shellcheck source=look-at-volume.sh
. "$here/look-at-volume.sh"
# shellcheck source=volume-source.sh
. "$here/volume-source.sh"

# The probes take it for an answer, for as long as this takes.
busy=${TMPDIR:-/tmp}/initializing
: >"$busy"
# Process 1 ignores these unless it says otherwise; then the end of the pod would wait for its whole grace period.
trap 'exit 143' TERM INT
[[ -r $volume && -x $volume ]] ||
  refuse "user $EUID cannot read the volume at $volume. Its storage class ignores fsGroup: make its root readable and writable for group $(id -g)."
hold_volume "$volume"
if [[ -e $PGDATA ]]; then
  look_at_database
else
  look_at_empty_volume
  # In the background, because bash runs a trap only between two commands.
  (. "$here/initialize.sh") &
  wait $!
fi
source=$(volume_source "$volume" </proc/self/mountinfo) || {
  echo "serve: refused: the data would be on $source. Give the StatefulSet its claim \"data\" back at $volume."
  exit 1
}
rm "$busy"
# A setting of a made-up prefix is PostgreSQL's way to show every role something; `helm test` looks at it.
exec postgres -c "chart.volume=$source" "$@"
