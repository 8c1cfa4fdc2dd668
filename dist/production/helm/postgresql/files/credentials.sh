#!/usr/bin/env bash
# Gives the application's role the password of the Secret, over the socket, at the start and whenever the Secret changes:
# without the old password, and without a restart. Then the exporter's, where there is one, and who else may log in.
#
# Why a container of its own: a postStart hook holds up the kubelet's work on the whole pod while it waits, its probes and
# its end included; an init container would need PostgreSQL to recover its data once more before each start.
set -euo pipefail

secret=/etc/postgresql/auth/password
# While it is there the role has the password of the Secret. In a folder of this container alone, and cleared at the
# start, because the Secret may have changed meanwhile.
marker=/tmp/applied
rm -f "$marker"
# Process 1 ignores SIGTERM unless it says otherwise; this one must not hold up the end of the pod.
trap 'exit 0' TERM INT

said=''
say() { # once, however often it is true
  [[ $1 == "$said" ]] || echo "credentials: $1"
  said=$1
}

as_superuser() {
  PGCONNECT_TIMEOUT=3 psql --host=/var/run/postgresql --username=postgres --dbname="$APP_DATABASE" \
    --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$@" 2>&1
}

# The file's bytes are the password, a line break at its end included, as they are for a container that gets it in its
# environment; psql's backquotes drop that one, so they are given an x to end with. Neither a statement nor an error in
# one may carry the password into PostgreSQL's log.
apply() {
  as_superuser <<SQL
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
set log_min_duration_sample = -1;
set statement_timeout = '10s';
set password_encryption = 'scram-sha-256';
\getenv username APP_USERNAME
\set password_x \`cat $secret && printf x\`
select left(:'password_x', -1) as password \gset
alter role :"username" password :'password';
SQL
}

# shellcheck source=exporter-role.sh
. "$(dirname "$0")/exporter-role.sh"
# shellcheck source=reread-files.sh
. "$(dirname "$0")/reread-files.sh"

applied='' failures=0
while true; do
  pause=5
  if [[ -n $applied ]]; then
    keep_exporter_role
    reread_files
  fi
  current=$(sha256sum <"$secret")
  if [[ ! -s $secret ]]; then
    say "the password in the Secret is empty; the role $APP_USERNAME keeps the one it has until there is another"
  elif [[ $current != "$applied" ]]; then
    rm -f "$marker"
    if output=$(apply); then
      applied=$current failures=0
      touch "$marker"
      said=''
      say "the role $APP_USERNAME has the password of the Secret"
    else
      failures=$((failures + 1))
      # Often at first, for a start takes a second; seldom later, for PostgreSQL logs each attempt during a recovery.
      if ((failures < 50)); then pause=0.2; else pause=2; fi
      case $output in
        *'No such file'* | *'Connection refused'*) say "waits: PostgreSQL is not there yet" ;;
        *'does not exist'*)
          say "waits: ${output//$'\n'/ }: the data on the volume were made for another auth.username or auth.database. Set them back, or make the role $APP_USERNAME and the database $APP_DATABASE as the superuser: kubectl exec -it $HOSTNAME -c postgres -- psql -U postgres"
          ;;
        *) say "waits: ${output//$'\n'/ }" ;;
      esac
    fi
  fi
  # In the background, because bash runs a trap only between two commands.
  sleep "$pause" &
  wait $!
done
