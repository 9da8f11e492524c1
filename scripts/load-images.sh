#!/usr/bin/env bash
# Puts CPEmon's images onto the nodes of a cluster that has no registry.
#   scripts/load-images.sh [--tag 0.1.0] [--only NAME]… NODE…
# NODE is what ssh takes (user@address), or `local` for this machine. Wants docker or podman here, and containerd with
# passwordless sudo on each node. Build the images first: docker compose build
set -euo pipefail

tag=0.1.0
images=(acs-ingest cpemon-api cpemon-writer cpe-simulator migrate)
only=()
nodes=()
while [ $# -gt 0 ]; do
  case $1 in
    --tag) tag=${2:?--tag wants a tag}; shift ;;
    --only) only+=("${2:?--only wants the name of an image}"); shift ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) echo "load-images.sh: unknown option $1" >&2; exit 2 ;;
    *) nodes+=("$1") ;;
  esac
  shift
done
[ ${#nodes[@]} -gt 0 ] || { echo "load-images.sh: name at least one node; --help tells more" >&2; exit 2; }
[ ${#only[@]} -eq 0 ] || images=("${only[@]}")

engine=$(command -v docker || command -v podman) || { echo "load-images.sh: neither docker nor podman is here" >&2; exit 1; }
names=()
for image in "${images[@]}"; do
  name=cpemon/$image:$tag
  "$engine" image inspect "$name" >/dev/null 2>&1 || {
    echo "load-images.sh: there is no image $name here. Build it: docker build --target $image -t $name ." >&2
    exit 1
  }
  names+=("$name")
done

archive=$(mktemp "${TMPDIR:-/tmp}/cpemon-images.XXXXXX.tar")
trap 'rm -f "$archive"' EXIT
# podman keeps several images in one archive only when told to.
many=()
case $engine in *podman) many=(-m) ;; esac
"$engine" save "${many[@]}" -o "$archive" "${names[@]}"
echo "$(du -h "$archive" | cut -f1) for ${#names[@]} images"

# The kubelet looks into containerd's namespace k8s.io, and nowhere else.
import='sudo ctr --namespace k8s.io images import -'
list='sudo ctr --namespace k8s.io images ls -q | grep /cpemon/ | sort'
for node in "${nodes[@]}"; do
  echo "$node:"
  if [ "$node" = local ]; then
    sh -c "$import" <"$archive" >/dev/null
    sh -c "$list"
  else
    ssh "$node" "$import" <"$archive" >/dev/null
    ssh "$node" "$list"
  fi
done
