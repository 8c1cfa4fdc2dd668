# shellcheck shell=bash
# Sourced by serve.sh: hold_volume DIRECTORY waits until nobody else does, and keeps it until the process
# and its children end.
#
# A pod that was deleted by force, or whose node came back, may still run while its successor mounts the same volume on
# the same node. PostgreSQL's own lock, postmaster.pid, does not see that: each container counts processes from 1. A lock
# of the kernel does, and a crash cannot leave one behind.
hold_volume() {
  local status said=''
  exec 9<"$1"
  while true; do
    status=0
    flock -x -n 9 || status=$?
    case $status in
      0) return ;;
      1)
        [[ -n $said ]] || say "waits: another container of this node still writes to the volume, one of a pod that is being ended perhaps"
        said=yes
        sleep 0.2
        ;;
      *)
        say "goes on without a lock: the volume's file system has none (flock: exit $status)"
        return
        ;;
    esac
  done
}
