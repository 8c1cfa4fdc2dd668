#!/usr/bin/env bash
# Looks at the claim for the dumps on the day it is made, not in the night of the first backup.
set -euo pipefail
# shellcheck source=connection.sh
. "$(dirname "$0")/connection.sh"

[[ -w $BACKUP_DIRECTORY ]] ||
  refuse "user $(id -u) cannot write to the backup claim: it is read-only, or its storage class ignores fsGroup."
say "the claim for the dumps is there, $(df --output=avail -h "$BACKUP_DIRECTORY" | tail -n 1 | tr -d ' ') are free on it"
