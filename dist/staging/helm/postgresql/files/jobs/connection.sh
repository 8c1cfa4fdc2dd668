# shellcheck shell=bash
# Sourced by the chart's jobs, which reach the database as the application does: through the Service, as its role, with
# the password of its Secret. libpq reads PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD by itself.

task=$(basename "$0" .sh)
say() { echo "$task: $1"; }
refuse() {
  say "refused: $1"
  exit 1
}
# In a container's termination message the last line is what an operator reads first.
fail() {
  say "failed: $1"
  exit 1
}
# One statement, its rows as they are.
ask() { psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --command="$1"; }

# wait_for_database SECONDS: a new pod's first packets may come before the network policy knows its address, and the
# database may be on its way to another node. The address that answers is kept for all that follows: after a reinstall one
# DNS server may still give the old Service's while the next one has the new.
wait_for_database() {
  local end=$((SECONDS + $1)) output
  resolve
  until output=$(PGCONNECT_TIMEOUT=5 ask 'select 1' 2>&1); do
    case $output in
      *'password authentication failed'*)
        ((SECONDS < end)) || fail "$PGHOST does not take the password of the Secret for the role $PGUSER; its pod's container credentials says why: ${output//$'\n'/ }" ;;
      *)
        ((SECONDS < end)) || fail "$PGHOST:$PGPORT does not answer as a database: ${output//$'\n'/ }" ;;
    esac
    sleep 1 &
    wait $!
    resolve
  done
}

# Empty when the name has no address, which psql then says.
resolve() {
  local address
  read -r address _ < <(getent ahosts "$PGHOST") || address=''
  export PGHOSTADDR=$address
}
