# shellcheck shell=bash
# Sourced by credentials.sh: what changes while the pod runs on, and PostgreSQL reads again when it is told to: who may log
# in, and the certificate. Once at the start, too: it may have changed between the server's look and ours.
reread=''

reread_files() {
  local current output
  # Without TLS there is no certificate.
  current=$({ cat /etc/postgresql/scripts/pg_hba.conf /etc/postgresql/tls/tls.crt 2>/dev/null || true; } | sha256sum)
  [[ $current != "$reread" ]] || return 0
  if output=$(as_superuser --output=/dev/null --command='select pg_reload_conf()'); then
    [[ -z $reread ]] || echo 'credentials: the server reads again who may log in, and its certificate'
    reread=$current
  else
    say "the server does not read again who may log in: ${output//$'\n'/ }"
  fi
}
