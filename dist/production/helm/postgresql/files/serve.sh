#!/usr/bin/env bash
# Lets initialize.sh look at the volume, and becomes PostgreSQL. Not by way of the image's entrypoint, which on a volume
# without data would make an empty database.
set -euo pipefail
here=$(dirname "$0")
volume=$(dirname "$PGDATA")

# The probes take it for an answer, for as long as this takes.
busy=${TMPDIR:-/tmp}/initializing
touch "$busy"
# Process 1 ignores these unless it says otherwise; then the end of the pod would wait for its whole grace period. In the
# background, because bash runs a trap only between two commands.
trap 'exit 143' TERM INT
bash "$here/initialize.sh" &
wait $!

# shellcheck source=hold-volume.sh
. "$here/hold-volume.sh"
# shellcheck source=volume-source.sh
. "$here/volume-source.sh"
hold_volume "$volume"
source=$(volume_source "$volume" </proc/self/mountinfo) || {
  echo "serve: refused: the data would be on $source. Give the StatefulSet its claim \"data\" back at $volume."
  exit 1
}
rm "$busy"
# A setting of a made-up prefix is PostgreSQL's way to show every role something; `helm test` looks at it.
exec postgres -c "chart.volume=$source" "$@"
