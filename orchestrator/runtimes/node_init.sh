# Process 1 of a node. Its network namespace has all interfaces by now; it builds the node's own view of
# the files, opens the management door, starts the FRR daemons and then only waits to be killed.
#
# node_init.sh NODE ADDRESS/LENGTH GATEWAY BACK ROOT BASE READY -- DAEMON...
#   BACK   the network behind GATEWAY that management sessions come from, or - when they come on-link
#   ROOT   the read-only root tree; BASE holds what this node writes; READY is a fifo for one line
#
# All nodes start at once on what may be a single processor where each program costs 10 ms to start: hence
# one mount, one mkdir, one ip for many things.
set -eu
node=$1 address=$2 gateway=$3 back=$4 root=$5 base=$6 ready=$7
shift 8

exec 3>"$ready"
trap '[ $? -eq 0 ] || echo "failed $node" >&3' EXIT

# What a node may write; all else is the root tree's, read-only. The mounts concern this node alone.
writable='run tmp root etc/frr var/log var/lib var/tmp'
view=$base/root
(cd "$base/files" && mkdir -p ../root $writable run/sshd run/frr var/log/frr var/lib/frr)
{
    echo "$root $view none bind,private 0 0"
    echo "$root $view none remount,bind,ro 0 0"
    for folder in $writable; do
        echo "$base/files/$folder $view/$folder none bind 0 0"
    done
    echo "proc $view/proc proc defaults 0 0"
    echo "sysfs $view/sys sysfs defaults 0 0"
    echo "/dev $view/dev none rbind 0 0"
} >"$base/fstab"
mount --all --fstab "$base/fstab"
echo "$node" >"$view/proc/sys/kernel/hostname"

{
    echo "link set lo up"
    for device in "$view"/sys/class/net/eth*; do
        echo "link set ${device##*/} up"
    done
    echo "addr add $address dev eth0"
    if [ "$back" != - ]; then
        # Sessions are answered from a table of their own: nothing else can follow this route.
        echo "rule add from ${address%/*} lookup 220 priority 220"
        echo "route add $back via $gateway dev eth0 table 220"
    fi
} | ip -batch -

export node
exec chroot "$view" /bin/sh -eus "$@" <<'INSIDE'
trap '[ $? -eq 0 ] || echo "failed $node" >&3' EXIT
echo 'service integrated-vtysh-config' >/etc/frr/vtysh.conf
: >/etc/frr/frr.conf
chmod 1777 /tmp /var/tmp
chown -R frr:frr /etc/frr /run/frr /var/log/frr /var/lib/frr
/usr/sbin/sshd -o HostKey=/run/ssh/host_key -o AuthorizedKeysFile=/run/ssh/authorized_keys 3>&-

start() {
    # BMP is a module of bgpd that is loaded at its start or never.
    bmp=; [ "$1" != bgpd ] || bmp='-M bmp'
    /usr/lib/frr/"$1" $bmp -d -A 127.0.0.1 --log file:/var/log/frr/"$1".log --log-level informational 3>&-
}
# FRR 10 moved interface and static configuration into mgmtd; zebra serves all the others.
[ ! -x /usr/lib/frr/mgmtd ] || start mgmtd
start zebra
for daemon; do
    [ "$daemon" = zebra ] || start "$daemon"
done

trap - EXIT
echo "ready $node" >&3
exec 3>&-
# Daemons detach and become children of process 1: an ignored SIGCHLD lets the kernel reap them. (dash's own
# `trap '' CHLD` does not reach the program that takes its place.)
exec env --ignore-signal=CHLD sleep infinity
INSIDE
