#!/usr/bin/env bash
# Becomes PostgreSQL. Not by way of the image's entrypoint, which on a volume without data would make an empty database.
set -euo pipefail
here=$(dirname "$0")
volume=$(dirname "$PGDATA")

# shellcheck source=hold-volume.sh
. "$here/hold-volume.sh"
# shellcheck source=volume-source.sh
. "$here/volume-source.sh"
hold_volume "$volume"
source=$(volume_source "$volume" </proc/self/mountinfo) || {
  echo "serve: refused: the data would be on $source. Give the StatefulSet its claim \"data\" back at $volume."
  exit 1
}
# A setting of a made-up prefix is PostgreSQL's way to show every role something; `helm test` looks at it.
exec postgres -c "chart.volume=$source" "$@"
