# shellcheck shell=bash
# Sourced: a throw-away PostgreSQL of this pod alone, which nobody outside reaches. A dump is tried there because the
# application's role may make no database on the real server, and because a trial must not take that one's memory.

scratch=/scratch/server scratch_socket=/tmp/scratch scratch_log=/scratch/log

# The real server's roles are made too, without a login, because policies name them; and its extensions, of which the
# application's role may make only some.
start_scratch_server() {
  local roles extensions locale=(--locale=C.UTF-8)
  roles=$(ask "select format('create role %I;', rolname) from pg_roles where rolname <> 'postgres' and rolname !~ '^pg_'") ||
    return
  extensions=$(ask "select format('create extension if not exists %I cascade;', extname) from pg_extension
    where extnamespace::regnamespace::text in ('public', 'pg_catalog') and extname <> 'plpgsql'") || return
  rm -rf "$scratch" "$scratch_socket"
  mkdir -m 700 "$scratch" "$scratch_socket"
  # As initialize.sh makes the real one.
  ((PG_MAJOR < 17)) || locale=(--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8)
  initdb --pgdata="$scratch" --username=postgres --encoding=UTF8 "${locale[@]}" --auth=trust --no-sync \
    --no-instructions >"$scratch_log" 2>&1 || return
  pg_ctl --pgdata="$scratch" --silent --wait --timeout=120 --log="$scratch_log" --options="-c listen_addresses='' \
    -c unix_socket_directories=$scratch_socket -c fsync=off -c full_page_writes=off -c wal_level=minimal \
    -c max_wal_senders=0 -c max_parallel_maintenance_workers=0 -c shared_buffers=32MB" start || return
  PGUSER=postgres PGDATABASE=postgres in_scratch_server ask "$roles" || return
  PGUSER=postgres PGDATABASE=postgres in_scratch_server ask "alter role \"$PGUSER\" login" || return
  PGUSER=postgres PGDATABASE=postgres in_scratch_server ask "create database \"$PGDATABASE\" owner \"$PGUSER\"" || return
  [[ -z $extensions ]] || PGUSER=postgres in_scratch_server ask "$extensions"
}

# in_scratch_server COMMAND…: the same command, there.
in_scratch_server() { PGHOST=$scratch_socket PGHOSTADDR='' "$@"; }

stop_scratch_server() {
  [[ ! -e $scratch/postmaster.pid ]] || pg_ctl --pgdata="$scratch" --silent --mode=immediate stop || true
  rm -rf "$scratch"
}
