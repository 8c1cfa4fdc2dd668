# shellcheck shell=bash
# Sourced by serve.sh: volume_source DIRECTORY, with /proc/self/mountinfo as its input, prints what is mounted there, as
# "ext4 /dev/sdb". It fails, and prints what it found, when that goes with the pod: the container's own files, memory, an
# emptyDir, or the volume that a container runtime makes up because the image asks for one (VOLUME).
# https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
volume_source() {
  local root point rest type source found=''
  # The last one covers those before it.
  while read -r _ _ _ root point rest; do
    [[ $point == "$1" ]] || continue
    read -r type source _ <<<"${rest#* - }"
    found=$type
    case $type in
      overlay | tmpfs | ramfs) found="$type, which goes with the pod" ;;
    esac
    case $root in
      */kubernetes.io~empty-dir/*) found='an emptyDir, which goes with the pod' ;;
      */io.containerd.grpc.v1.cri/containers/*/volumes/* | */containers/storage/volumes/*)
        found='a volume that the container runtime made up, which goes with the container' ;;
    esac
  done
  [[ -n $found ]] || found="nothing, so they would be the container's own files, which go with it"
  case $found in
    *', which go'*)
      echo "$found"
      return 1
      ;;
  esac
  echo "$type $source"
}
