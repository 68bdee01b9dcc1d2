# Makes a guest with Docker a worker of a cluster: containerd, a CNI plugin of a few lines, and kubelet.
#
# worker.sh NAME ADDRESS IMAGE KUBECONFIG FROM PORT
#   IMAGE        of the nodes, as pods name it; Docker has it as l3vpn-node
#   KUBECONFIG   text of the file
#   FROM PORT    where kubelet is had by HTTP
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
name=$1 address=$2 image=$3 kubeconfig=$4 from=$5 port=$6
mkdir -p /run/kube/cni /var/lib/kubelet /var/log/pods
mount -t tmpfs tmpfs /var/lib/kubelet
mount --make-rshared /
echo "$kubeconfig" >/run/kube/kubeconfig

# kubelet insists on the kernel's log, which is not among the devices of a guest with Docker, and on a clock
# speed, which this kernel does not print.
mknod /dev/kmsg c 1 11
sed 's/^model name.*/&\ncpu MHz\t\t: 2000.000/' /proc/cpuinfo >/run/kube/cpuinfo
mount --bind /run/kube/cpuinfo /proc/cpuinfo

# The sandbox of a pod needs no more than a process that ends on a signal, which is what the nodes' image runs.
cat >/run/kube/containerd.toml <<T
version = 2
root = "/var/lib/docker/kube"
state = "/run/kube/containerd"
[grpc]
  address = "/run/kube/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$image"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/run/kube/cni"
    conf_dir = "/run/kube/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "crun"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun.options]
        BinaryName = "/usr/bin/crun"
T
echo '{"cniVersion": "0.4.0", "name": "pods", "plugins": [{"type": "port"}]}' >/run/kube/cni/10.conflist
cat >/run/kube/cni/port <<'T'
#!/bin/sh
# CNI 0.4.0: eth0 of a pod is a port of one bridge. What a pod had goes with its namespace.
set -e
exec 9>/run/kube/cni/lock 8>&1 >>/var/log/cni.log 2>&1
cat >/dev/null
case $CNI_COMMAND in
VERSION) echo '{"cniVersion": "0.4.0", "supportedVersions": ["0.3.1", "0.4.0"]}' >&8 ;;
ADD)
    flock 9
    number=$(($(cat /run/kube/cni/last 2>/dev/null || echo 1) + 1))
    echo $number >/run/kube/cni/last
    flock -u 9
    ip link add pod$number type veth peer name eth0 netns "$CNI_NETNS"
    ip link set pod$number master pods up
    nsenter --net="$CNI_NETNS" sh -c "ip link set lo up; ip addr add 10.244.0.$number/24 dev eth0
        ip link set eth0 up; ip route add default via 10.244.0.1"
    echo '{"cniVersion": "0.4.0", "interfaces": [{"name": "eth0", "sandbox": "'"$CNI_NETNS"'"}],
        "ips": [{"version": "4", "address": "10.244.0.'$number'/24", "gateway": "10.244.0.1", "interface": 0}]}' >&8
    ;;
esac
T
cat >/run/kube/cni/loopback <<'T'
#!/bin/sh
cat >/dev/null
[ "$CNI_COMMAND" != ADD ] || nsenter --net="$CNI_NETNS" ip link set lo up
echo '{"cniVersion": "0.3.1", "supportedVersions": ["0.3.1"], "interfaces": [{"name": "lo"}]}'
T
chmod +x /run/kube/cni/port /run/kube/cni/loopback
ip link add pods type bridge
ip addr add 10.244.0.1/24 dev pods
ip link set pods up

cat >/run/kube/kubelet.yaml <<T
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix:///run/kube/containerd.sock
failSwapOn: false
evictionHard: {memory.available: "50Mi"}
imageGCHighThresholdPercent: 100
resolvConf: /dev/null
maxPods: 200
T
containerd --config /run/kube/containerd.toml >/var/log/containerd.log 2>&1 &
until [ -S /run/kube/containerd.sock ]; do sleep 0.2; done
docker tag l3vpn-node "$image"
docker save "$image" | ctr --address /run/kube/containerd.sock --namespace k8s.io images import - >/dev/null
bash -c 'exec 3<>"/dev/tcp/$0/$1"; printf "GET /kubelet HTTP/1.0\r\n\r\n" >&3
    LC_ALL=C sed "1,/^\r\$/d" <&3' "$from" "$port" >/run/kube/kubelet
chmod +x /run/kube/kubelet
/run/kube/kubelet --kubeconfig=/run/kube/kubeconfig --config=/run/kube/kubelet.yaml --hostname-override="$name" \
    --node-ip="$address" >/var/log/kubelet.log 2>&1 &
