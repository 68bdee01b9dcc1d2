#!/bin/sh
# Starts the embedded kernel. Runs as process 1 of namespaces of its own (network, mounts, PIDs; users too
# unless started by root), so nothing it does is seen outside, and all of it goes when the kernel ends.
# guest_outside.sh TREE MEGABYTES INIT HOST_KEY LOGIN_PUBLIC_KEY OUTSIDE_ADDRESS GUEST_ADDRESS [DISK [SHOW]]
#   DISK   file that becomes the guest's /dev/ubda: as it is, or where SHOW is missing as a copy on write, so
#          that it stays the same and several guests may have it
#   SHOW   folder that the guest can mount: hostfs=/dev/show
#
# Standard input gives one line once this process has been noted down; without it nothing is started.
# File descriptor 3 becomes the guest's /dev/ttyS0, on which it says that it is up.
set -eu
tree=$1 megabytes=$2 init=$3 host_key=$4 login=$5 outside=$6 guest=$7 disk=${8-} show=${9-}
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

read -r _ || exit 1
ulimit -c 0

# The tree is shared: by other users' guests, and by the next start of this one.
mount --bind "$tree" "$tree"
mount -o remount,bind,ro "$tree"
mount -t proc proc "$tree/proc"
mount -t tmpfs -o mode=755 tmpfs "$tree/dev"
mkdir "$tree/dev/net" "$tree/dev/shm"
for device in null zero random urandom net/tun; do
    : >"$tree/dev/$device"
    mount --bind "/dev/$device" "$tree/dev/$device"
done
# The guest's memory is a file in here.
mount -t tmpfs -o "size=$((megabytes + 64))m,mode=1777" tmpfs "$tree/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$tree/run"
ubd=
if [ -n "$disk" ]; then
    : >"$tree/dev/disk"
    mount --bind "$disk" "$tree/dev/disk"
    ubd=ubd0=/dev/disk
    if [ -z "$show" ]; then
        ubd=ubd0=/dev/shm/disk.cow,/dev/disk
        mount -o "remount,size=$((megabytes + 64 + 1024))m" "$tree/dev/shm"
    fi
fi
if [ -n "$show" ]; then
    mkdir "$tree/dev/show"
    mount --bind "$show" "$tree/dev/show"
fi

mkdir -m 700 "$tree/run/l3vpn"
install -m 755 "$init" "$tree/run/l3vpn/init"
install -m 600 "$host_key" "$tree/run/l3vpn/host_key"
install -m 644 "$login" "$tree/run/l3vpn/authorized_keys"
printf 'guest=%s\n' "$guest" >"$tree/run/l3vpn/addresses"

chroot "$tree" ip -batch - <<IP
link set lo up
tuntap add tp0 mode tap
address add $outside dev tp0
link set tp0 up
route add default via ${guest%/*}
IP

# A child, not this process itself: process 1 cannot be aborted, and abort is how a panic ends.
# It keeps a socket of its own in $HOME/.uml. An unknown seccomp= is no error to kernels before 7.
# The blacklisted functions measure RAID 6 speeds for 0.85 of the 1.2 s that booting would else take.
chroot "$tree" env -i HOME=/run PATH="$PATH" TMPDIR=/dev/shm linux.uml \
    mem="${megabytes}M" seccomp=auto \
    rootfstype=hostfs root=/dev/root ro hostfs=/ init=/run/l3vpn/init \
    con=null con0=null,fd:1 ssl=null ssl0=null,fd:3 quiet panic=-1 initcall_blacklist=raid6_select_algo,raid6_init \
    vec0:transport=tap,ifname=tp0,depth=128,gro=1 $ubd </dev/null
