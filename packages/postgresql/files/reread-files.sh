# shellcheck shell=bash
# Sourced by credentials.sh: files that change while the pod runs on, and that PostgreSQL reads again when it is told to.
# Once at the start, too: one may have changed between the server's look and ours.
reread=''

reread_files() {
  local current output
  current=$(sha256sum /etc/postgresql/scripts/pg_hba.conf)
  [[ $current != "$reread" ]] || return 0
  if output=$(as_superuser --output=/dev/null --command='select pg_reload_conf()'); then
    [[ -z $reread ]] || echo 'credentials: the server reads again who may log in'
    reread=$current
  else
    say "the server does not read again who may log in: ${output//$'\n'/ }"
  fi
}
