#!/usr/bin/env bash
# Generated from @cafe-lumiere/postgresql; change it there.
# Moves a database into a new release beside its old one: to another major version, a smaller volume, another class.
set -euo pipefail

usage="usage: bash move.sh NAMESPACE OLD_RELEASE NEW_RELEASE [words for helm install, such as --set image.tag=18-trixie]

Dumps the old release's database, installs the new one with the old one's values and those words, restores, compares
every table, and runs helm test. The old release and its volume stay as they are. Both backups go to the old one's claim.
Needs kubectl, helm, and backup.enabled in the old release."

say() { echo "move: $1"; }
fail() {
  echo "move: failed: $1" >&2
  exit 1
}
if (($# < 3)) || [[ $1 == -* ]]; then
  echo "$usage" >&2
  exit 2
fi
namespace=$1 old=$2 new=$3
shift 3
chart=$(dirname "$0")
kubectl() { command kubectl --namespace "$namespace" "$@"; }

# object KIND RELEASE COMPONENT: its name.
object() {
  kubectl get "$1" --selector "app.kubernetes.io/instance=$2,app.kubernetes.io/component=$3" \
    --output 'jsonpath={.items[*].metadata.name}'
}
# variable NAME PATH: what a variable of the old release's backup says.
variable() {
  kubectl get cronjob "$backup" --output \
    "jsonpath={.spec.jobTemplate.spec.template.spec.containers[0].env[?(@.name=='$1')]$2}"
}
# finish JOB SECONDS: waits for either end, shows the log, and gives the end back.
finish() {
  local end=$((SECONDS + $2)) state=''
  while [[ $state != *Complete=True* && $state != *Failed=True* ]]; do
    ((SECONDS < end)) || fail "the job $1 has not ended after $2 s; look at: kubectl -n $namespace describe job $1"
    sleep 1
    state=$(kubectl get job "$1" --output 'jsonpath={range .status.conditions[*]}{.type}={.status} {end}')
  done
  kubectl logs --selector "job-name=$1" --tail=-1
  [[ $state == *Complete=True* ]]
}

server=$(object statefulset "$old" primary)
[[ -n $server ]] || fail "there is no release $old of this chart in the namespace $namespace"
backup=$(object cronjob "$old" backup)
[[ -n $backup ]] ||
  fail "the release $old makes no backups. First: helm upgrade $old $chart --namespace $namespace --reset-then-reuse-values --set backup.enabled=true"
[[ -z $(object statefulset "$new" primary) ]] || fail "the release $new is there already; take another name, or uninstall it"

database=$(variable PGDATABASE .value) role=$(variable PGUSER .value)
clients=$(kubectl exec "$server-0" --container postgres -- psql --username=postgres --no-align --tuples-only --command \
  "select count(*) from pg_stat_activity where usename = '$role' and backend_type = 'client backend'")
((clients == 0)) ||
  fail "$clients connections of $role are open: what is written after the dump would not be moved. First scale the application to 0."

# Apart for each attempt.
stamp=$(date -u +%H%M%S)
say "1 of 4: dumps $database of $old"
kubectl create job "$old-move-$stamp" --from="cronjob/$backup" >/dev/null
log=$(finish "$old-move-$stamp" 14400) || fail "no dump: $log"
echo "$log"
dump=$(sed -n 's/^backup: made \([^:]*\):.*/\1/p' <<<"$log")
[[ -n $dump ]] || fail "the backup's log names no dump"
claim=$(kubectl get cronjob "$backup" --output \
  "jsonpath={.spec.jobTemplate.spec.template.spec.volumes[?(@.name=='backup')].persistentVolumeClaim.claimName}")

say "2 of 4: installs $new with the values of $old, and: $*"
values=$(mktemp)
trap 'rm -f "$values"' EXIT
helm get values "$old" --namespace "$namespace" --output yaml >"$values"
# The same password, from the same Secret, which outlives the old release.
helm install "$new" "$chart" --namespace "$namespace" --values "$values" --set fullnameOverride= \
  --set "backup.enabled=true,backup.cronjob.storage.existingClaim=$claim" \
  --set "auth.username=$role,auth.database=$database" \
  --set "auth.existingSecret=$(variable PGPASSWORD .valueFrom.secretKeyRef.name)" \
  --set "auth.secretKeys.userPasswordKey=$(variable PGPASSWORD .valueFrom.secretKeyRef.key)" \
  "$@" --wait --timeout 10m >/dev/null

say "3 of 4: restores into $new"
restore=$(object cronjob "$new" restore)
kubectl create job "$new-move-$stamp" --from="cronjob/$restore" --dry-run=client --output yaml |
  command kubectl set env --local --filename - "DUMP=$dump" --output yaml | kubectl apply --filename - >/dev/null
log=$(finish "$new-move-$stamp" 14400) || fail "not restored: $log. The old release is as it was; helm uninstall $new takes the new one away"
echo "$log"

say "4 of 4: tries $new as an application does"
helm test "$new" --namespace "$namespace" --logs | grep '^test: '
service=$(object service "$new" primary | tr ' ' '\n' | grep -v -- '-hl$')
say "moved. Turn the application to the Service $service. $old and its volume data-$server-0 are as they were; when nobody misses them: helm uninstall $old --namespace $namespace, and delete that claim."
