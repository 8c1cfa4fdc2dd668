# shellcheck shell=bash
# Sourced by credentials.sh: the role of the metrics' exporter, which reads statistics and no row of a table. Its Secret
# comes and goes with metrics.enabled, while the pod runs on; without it the role cannot log in. Whether this succeeds is no
# matter of the application's: the pod is ready without it.
exporter_secret=/etc/postgresql/metrics/password
exporter_applied=''

keep_exporter_role() {
  local current=none output
  [[ ! -s $exporter_secret ]] || current=$(sha256sum <"$exporter_secret")
  [[ $current != "$exporter_applied" ]] || return 0
  if output=$(apply_exporter_role); then
    exporter_applied=$current
    [[ $current == none ]] || echo "credentials: the role postgresql_exporter has the password of its Secret"
  else
    say "the role postgresql_exporter is not set up: ${output//$'\n'/ }"
  fi
}

# As apply in credentials.sh. Whoever counts the connections of an application counts with these three.
apply_exporter_role() {
  as_superuser <<SQL
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
set log_min_duration_sample = -1;
set statement_timeout = '10s';
set client_min_messages = 'warning';
set password_encryption = 'scram-sha-256';
select exists (select from pg_roles where rolname = 'postgresql_exporter') as there \gset
\set password_x \`[ ! -s $exporter_secret ] || cat $exporter_secret && printf x\`
select left(:'password_x', -1) as password, :'password_x' <> 'x' as wanted \gset
\if :wanted
  \if :there
  \else
    create role postgresql_exporter;
  \endif
  grant pg_monitor to postgresql_exporter;
  alter role postgresql_exporter login nosuperuser nocreatedb nocreaterole connection limit 3 password :'password';
\elif :there
  alter role postgresql_exporter nologin password null;
\endif
SQL
}
