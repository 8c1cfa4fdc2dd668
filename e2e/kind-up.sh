#!/usr/bin/env bash
# A kind cluster with three nodes, and the local registry that kind documents:
# https://kind.sigs.k8s.io/docs/user/local-registry/
set -euo pipefail

registry_name=kind-registry
registry_port=5001
cluster_name=${KIND_CLUSTER:-cafe-lumiere}

for tool in kind docker kubectl; do
  command -v "$tool" >/dev/null || {
    echo "$tool is not on the PATH. kind: https://kind.sigs.k8s.io/docs/user/quick-start/#installation" >&2
    exit 1
  }
done

if [[ $(docker inspect -f '{{.State.Running}}' "$registry_name" 2>/dev/null || true) != true ]]; then
  docker run -d --restart=always -p "127.0.0.1:$registry_port:5000" --network bridge --name "$registry_name" registry:2 >/dev/null
fi

if ! kind get clusters | grep -qx "$cluster_name"; then
  kind create cluster --name "$cluster_name" --config=- <<'CONFIG'
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
containerdConfigPatches:
  - |-
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/etc/containerd/certs.d"
nodes:
  - role: control-plane
  - role: worker
  - role: worker
CONFIG
fi

# On a node, localhost is the node: tell containerd which machine the name means.
for node in $(kind get nodes --name "$cluster_name"); do
  directory=/etc/containerd/certs.d/localhost:$registry_port
  docker exec "$node" mkdir -p "$directory"
  printf '[host."http://%s:5000"]\n' "$registry_name" | docker exec -i "$node" cp /dev/stdin "$directory/hosts.toml"
done

if [[ $(docker inspect -f '{{json .NetworkSettings.Networks.kind}}' "$registry_name") == null ]]; then
  docker network connect kind "$registry_name"
fi

kubectl --context "kind-$cluster_name" apply -f - <<CONFIG
apiVersion: v1
kind: ConfigMap
metadata:
  name: local-registry-hosting
  namespace: kube-public
data:
  localRegistryHosting.v1: |
    host: "localhost:$registry_port"
    help: "https://kind.sigs.k8s.io/docs/user/local-registry/"
CONFIG

echo
echo "Next: make images push deploy verify"
