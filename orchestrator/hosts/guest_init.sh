#!/bin/sh
# Process 1 of the embedded kernel. Its root, the tree of nodes, is read-only; what is written goes to memory.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root

mount -t proc proc /proc
modprobe overlay
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
umount /proc

# The overlay takes the place of the root, as switch_root(8) does it.
cd /mnt/root || exit 1
mount --no-mtab --move /dev dev
mount --no-mtab --move . /
exec chroot . /bin/sh -s <<'INSIDE'
cd /
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /dev/pts /dev/shm
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr

# Tunnels and queueing disciplines load themselves when a device of theirs is made.
modprobe -a mpls_router mpls_iptunnel mpls_gso vrf veth bridge dummy

# From the kernel's command line: its address, which of the kernels it is, and what is between it and the others.
guest=${guest-} number=${number-} outside=${outside-}
once=run/l3vpn/once/host_key$number
# In a folder that nodes do not see: they have a /run of their own.
mount -t tmpfs -o mode=755 tmpfs /tmp
mkdir /tmp/sshd /tmp/ssh /tmp/once
install -m 644 /run/l3vpn/authorized_keys /tmp/ssh/authorized_keys
mount -t hostfs once /tmp/once
# After a reboot it is gone, as the labs are: there is nothing left to be up for.
[ -e "/tmp/once/$once" ] || { echo 'the guest was rebooted' >/dev/console; echo o >/proc/sysrq-trigger; }
install -m 600 "/tmp/once/$once" /tmp/ssh/host_key
rm "/tmp/once/$once"
umount /tmp/once
rmdir /tmp/once
mount --no-mtab --move /tmp /run
mount -t tmpfs -o mode=1777 tmpfs /tmp

hostname guest
ip -batch - <<IP
link set lo up
address add $guest dev vec0
link set vec0 up
${outside:+route add 198.19.255.0/24 via $outside}
IP
# ip_gre and others would else put devices of their own into every namespace.
sysctl -qw net.ipv4.ip_forward=1 net.core.fb_tunnels_only_for_init_net=2 kernel.dmesg_restrict=1

# sshd becomes a daemon before it listens; what it logs is the earliest sure sign that it does.
/usr/sbin/sshd -D -e 2>&1 | {
    while read -r line; do
        case $line in
            *'listening on 0.0.0.0'*) echo ready >/dev/ttyS0; exec cat >/dev/null ;;
            *) echo "$line" >/dev/console ;;
        esac
    done
    echo o >/proc/sysrq-trigger
} &

# Whatever loses its parent is adopted here; waiting is what lets it go.
while :; do wait; done
INSIDE
