#!/usr/bin/env bash
# Becomes PostgreSQL. Not by way of the image's entrypoint, which on a volume without data would make an empty database.
set -euo pipefail

# shellcheck source=hold-volume.sh
. "$(dirname "$0")/hold-volume.sh"
hold_volume "$(dirname "$PGDATA")"
exec postgres "$@"
