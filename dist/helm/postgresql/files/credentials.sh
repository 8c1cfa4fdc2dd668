#!/usr/bin/env bash
# Gives the application's role the password of the Secret, over the socket, at the start and whenever the Secret changes:
# without the old password, and without a restart.
#
# Why a container of its own: a postStart hook holds up the kubelet's work on the whole pod while it waits, its end
# included; an init container would need PostgreSQL to recover its data once more before each start.
set -euo pipefail

secret=/etc/postgresql/auth/password
marker=/tmp/applied
rm -f "$marker"
# Process 1 ignores SIGTERM unless it says otherwise; this one must not hold up the end of the pod.
trap 'exit 0' TERM INT

say() { echo "credentials: $1"; }

apply() {
  # Neither the statement nor an error in it may carry the password into PostgreSQL's log.
  PGCONNECT_TIMEOUT=3 psql --host=/var/run/postgresql --username=postgres --dbname=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 2>&1 <<SQL
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
set password_encryption = 'scram-sha-256';
\getenv username APP_USERNAME
\set password \`cat $secret\`
alter role :"username" password :'password';
SQL
}

applied='' said=''
while true; do
  pause=5
  current=$(sha256sum <"$secret")
  if [[ ! -s $secret ]]; then
    [[ $said == empty ]] || say "the password in the Secret is empty; nothing is changed until it has one"
    said=empty
  elif [[ $current != "$applied" ]]; then
    if output=$(apply); then
      applied=$current said=''
      touch "$marker"
      say "the role $APP_USERNAME has the password of the Secret"
    else
      pause=0.2
      [[ $output == "$said" ]] || say "waits: ${output//$'\n'/ }"
      said=$output
    fi
  fi
  # In the background, because bash runs a trap only between two commands.
  sleep "$pause" &
  wait $!
done
