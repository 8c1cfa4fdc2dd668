#!/usr/bin/env bash
# VOLUME COPY, in a pod of its own: copies what Bitnami's PostgreSQL left on its volume, and starts PostgreSQL on the copy, for nobody
# but whoever is in this pod. The volume is mounted so that nothing can write to it: what PostgreSQL has to write before it
# can read, after a crash above all, it writes to the copy.
set -euo pipefail
volume=$1
data=$volume/data
copy=$2

refuse() {
  echo "the volume is refused: $1"
  exit 1
}
# What lies in a folder, with the owner of each.
seen() {
  local found
  found=$(find "$1" -mindepth 1 -maxdepth 1 -printf '%f (%U) ' 2>&1 | head -c 600) || true
  echo "${found:-nothing}"
}

[[ -r $volume && -x $volume ]] ||
  refuse "user $EUID cannot read it; it belongs to user $(stat -c '%u, mode %a' "$volume")."
[[ -d $data ]] ||
  refuse "it has no folder \"data\", where Bitnami's image keeps a database (/bitnami/postgresql/data). It holds: $(seen "$volume")"
[[ -r $data && -x $data ]] ||
  refuse "the folder data belongs to user $(stat -c %u "$data"), and Bitnami's image runs as user $EUID."
[[ -s $data/PG_VERSION && -s $data/global/pg_control ]] ||
  refuse "the folder data holds no complete database: PG_VERSION or global/pg_control is missing. It holds: $(seen "$data")"
found=$(<"$data/PG_VERSION")
ours=$(postgres --version)
ours=${ours#*) }
ours=${ours%%.*}
[[ $found == "$ours" ]] ||
  refuse "it holds data of PostgreSQL $found, and these manifests run PostgreSQL $ours. Name an image of $found in cdk8s/environments.ts for the move, or upgrade first."
for signal in standby.signal recovery.signal; do
  [[ ! -e $data/$signal ]] ||
    refuse "it has a $signal, so it is a copy of another one that takes the writes. Name the claim of that one."
done
links=$(find "$data/pg_wal" "$data"/pg_tblspc -maxdepth 1 -type l -printf '%p -> %l ')
[[ -z $links ]] || refuse "a part of it lies elsewhere: $links"

[[ ! -e $data/postmaster.pid ]] || echo 'it was not shut down; PostgreSQL recovers on the copy'
rm -rf "$copy"
mkdir -m 700 "$copy"
cp -R --preserve=mode,timestamps "$data/." "$copy"
# fsGroup has opened it to a group, which PostgreSQL does not allow.
chmod 700 "$copy"
rm -f "$copy"/postmaster.{pid,opts}
# Bitnami's image keeps these elsewhere, and they go with the container. What ALTER SYSTEM has set is for the old server: an
# archive, perhaps, that must not get this one's files.
: >"$copy/postgresql.conf"
: >"$copy/postgresql.auto.conf"
: >"$copy/pg_ident.conf"
echo 'local all all trust' >"$copy/pg_hba.conf"
# Nothing of it outlives the pod, and no subscription begins to take what is the old server's.
exec postgres -D "$copy" -c listen_addresses= -c unix_socket_directories=/var/run/postgresql \
  -c fsync=off -c autovacuum=off -c max_logical_replication_workers=0
