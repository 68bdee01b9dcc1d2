# Process 1 of a node. Its network namespace has all interfaces by now; it builds the node's own view of
# the files, opens management access, starts the FRR daemons and then only waits to be killed.
#
# The node has its files, processes and devices and no way to those of others, and it can neither stop the kernel
# nor load modules. It keeps CAP_SYS_ADMIN, without which FRR does not start.
#
# node_init.sh NODE ADDRESS/LENGTH GATEWAY BACK ROOT BASE READY DAEMON...
#   BACK   the network behind GATEWAY that management sessions come from, or - when they come on-link
#   ROOT   the read-only root tree; BASE holds what this node writes; READY is a fifo for one line
#
# All nodes start at once on what may be a single processor where each program costs 10 ms to start: hence
# one mount, one mkdir, one ip for many things.
set -eu
node=$1 address=$2 gateway=$3 back=$4 root=$5 base=$6 ready=$7
shift 7

exec 3>"$ready"
trap '[ $? -eq 0 ] || echo "failed $node" >&3' EXIT

# What a node may write; all else is the root tree's, read-only. The mounts concern this node alone.
writable='run tmp root etc/frr var/log var/lib var/tmp'
view=$base/root
devices='null zero full random urandom tty'
(
    cd "$base/files"
    # shellcheck disable=SC2086 # one folder a word
    mkdir -p ../root $writable run/sshd run/frr var/log/frr var/lib/frr dev/pts dev/shm
    cp -a /dev/fd /dev/stdin /dev/stdout /dev/stderr dev
    for device in $devices ptmx; do : >"dev/$device"; done
)
{
    echo "$root $view none bind,private 0 0"
    echo "$root $view none remount,bind,ro 0 0"
    for folder in $writable; do
        echo "$base/files/$folder $view/$folder none bind 0 0"
    done
    echo "proc $view/proc proc defaults 0 0"
    echo "sysfs $view/sys sysfs ro 0 0"
    # What concerns the kernel as a whole is out of reach, lest a lab end with a node of another one.
    echo "/dev/null $view/proc/sysrq-trigger none bind 0 0"
    for folder in kernel vm fs; do
        echo "$view/proc/sys/$folder $view/proc/sys/$folder none bind 0 0"
        echo "none $view/proc/sys/$folder none remount,bind,ro 0 0"
    done
    echo "$base/files/dev $view/dev none bind 0 0"
    for device in $devices; do
        echo "/dev/$device $view/dev/$device none bind 0 0"
    done
    echo "devpts $view/dev/pts devpts newinstance,gid=5,mode=620,ptmxmode=666 0 0"
    echo "$view/dev/pts/ptmx $view/dev/ptmx none bind 0 0"
} >"$base/fstab"
mount --all --fstab "$base/fstab"
echo "$node" >/proc/sys/kernel/hostname # of this process's own UTS namespace

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

# No process of the node has another root; what is outside cannot be found from in here.
cd "$view"
pivot_root . mnt
export node
never=-sys_boot,-sys_module,-sys_rawio,-sys_time,-mknod,-dac_read_search,-syslog,-mac_admin,-mac_override
exec chroot . setpriv --bounding-set="$never,-linux_immutable" /bin/sh -eus "$@" <<'INSIDE'
umount --lazy /mnt
# shellcheck disable=SC2154 # exported above
trap '[ $? -eq 0 ] || echo "failed $node" >&3' EXIT
echo 'service integrated-vtysh-config' >/etc/frr/vtysh.conf
: >/etc/frr/frr.conf
chmod 1777 /tmp /var/tmp
chown -R frr:frr /etc/frr /run/frr /var/log/frr /var/lib/frr
/usr/sbin/sshd -o HostKey=/run/ssh/host_key -o AuthorizedKeysFile=/run/ssh/authorized_keys 3>&-

. ../scripts/frr.sh
start_daemons "$@" 3>&-

trap - EXIT
echo "ready $node" >&3
exec 3>&-
# Daemons detach and become children of process 1: an ignored SIGCHLD lets the kernel reap them. (dash's own
# `trap '' CHLD` does not reach the program that takes its place.)
exec env --ignore-signal=CHLD sleep infinity
INSIDE
