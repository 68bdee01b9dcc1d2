#!/bin/sh
# Starts the embedded kernel in a world that ends at the node tree. Runs as process 1 of namespaces of its own
# (users, network, mounts, processes, IPC), so nothing it does is seen outside, and all of it goes when the
# kernel ends. It has the TAP device tp0 as file descriptor 4, and file descriptor 3 becomes the guest's
# /dev/ttyS0, on which it says that it is up.
#
# guest_outside.sh TREE MEGABYTES INIT HOST_KEY LOGIN_PUBLIC_KEY OUTSIDE_ADDRESS GUEST_ADDRESS FILTER [DISK [SHOW]]
#   FILTER what the kernel may not ask of the machine's: instructions for seccomp(2), base64
#   DISK   file that becomes the guest's /dev/ubda: as it is, or where SHOW is missing as a copy on write, so
#          that it stays the same and several guests may have it
#   SHOW   folder that the guest can mount: hostfs=/dev/show
#
# Root of a node is root of the guest, loads modules into its kernel, and so is in charge of the kernel's process:
# whatever that process may do, the node may do. Hence it has no capability, a user id of its own, no way back
# to one, no /proc, no device but the four below, and no file but the tree, read-only, and its own memory.
set -eu
tree=$1 megabytes=$2 init=$3 host_key=$4 login=$5 outside=$6 guest=$7 filter=$8 disk=${9-} show=${10-}
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
kernel=65533 log=65532 # user ids that own nothing, in the tree or on the machine

# shellcheck disable=SC3045 # not in POSIX, but in dash and bash
ulimit -c 0
# shellcheck disable=SC3045
ulimit -n "$(ulimit -H -n)" # the kernel has a file open for each that a node has
# Each program in the guest is a process here.
# shellcheck disable=SC3045
ulimit -u 8192 2>/dev/null || :
# No user namespace in this one: in there it would have capabilities again. A container may forbid the setting.
{ echo 0 >/proc/sys/user/max_user_namespaces; } 2>/dev/null || :

# The tree is shared: by other users' guests, and by the next start of this one.
mount --bind "$tree" "$tree"
mount -o remount,bind,ro,nosuid,nodev "$tree"
# The kernel wants to know its processor, and nothing else that stands there.
mount -t tmpfs -o mode=755,size=1m,nosuid,nodev tmpfs "$tree/proc"
cp /proc/cpuinfo "$tree/proc/cpuinfo"
mount -o remount,ro "$tree/proc"
mount -t tmpfs -o mode=755,size=1m,nosuid tmpfs "$tree/dev"
mkdir "$tree/dev/shm"
for device in null zero random urandom; do
    : >"$tree/dev/$device"
    mount --bind "/dev/$device" "$tree/dev/$device"
done
# The guest's memory is a file in here.
room=$((megabytes + 64))
ubd=
if [ -n "$disk" ]; then
    : >"$tree/dev/disk"
    mount --bind "$disk" "$tree/dev/disk"
    ubd=ubd0=/dev/disk
    if [ -z "$show" ]; then
        mount -o remount,bind,ro "$tree/dev/disk"
        ubd=ubd0=/dev/shm/disk.cow,/dev/disk
        room=$((room + 1024))
    fi
fi
if [ -n "$show" ]; then
    mkdir "$tree/dev/show"
    mount --bind "$show" "$tree/dev/show"
    mount -o remount,bind,ro,nosuid,nodev "$tree/dev/show"
fi
mount -o remount,ro "$tree/dev"
mount -t tmpfs -o "mode=700,uid=$kernel,gid=$kernel,size=${room}m,nr_inodes=64,nosuid,nodev" tmpfs "$tree/dev/shm"

mount -t tmpfs -o mode=755,size=1m,nosuid,nodev tmpfs "$tree/run"
mkdir "$tree/run/l3vpn" "$tree/run/l3vpn/once" "$tree/run/uml"
install -m 755 "$init" "$tree/run/l3vpn/init"
install -m 644 "$login" "$tree/run/l3vpn/authorized_keys"
printf 'guest=%s\n' "$guest" >"$tree/run/l3vpn/addresses"
printf %s "$filter" | base64 -d >"$tree/run/l3vpn/filter"
# The guest takes it away when it has read it: nodes see this folder.
install -o $kernel -m 400 "$host_key" "$tree/run/l3vpn/once/host_key"
chown $kernel "$tree/run/l3vpn/once" "$tree/run/uml"

# From here on everything is the tree's, and this process too has no other root.
cd "$tree"
mount --rbind /proc proc # for umount alone, which wants to read what is mounted
pivot_root . mnt
exec chroot . /bin/sh -eu -s "$megabytes" "$outside" "${guest%/*}" $kernel $log $ubd <<'INSIDE'
umount --lazy /mnt
umount --lazy /proc
megabytes=$1 outside=$2 gateway=$3 kernel=$4 log=$5
shift 5

ip -batch - <<IP
link set lo up
address add $outside dev tp0
link set tp0 up
route add default via $gateway
IP

as() {
    user=$1
    shift
    exec env -i HOME=/run/uml PATH="$PATH" TMPDIR=/dev/shm setpriv --reuid="$user" --regid="$user" --clear-groups \
        --inh-caps=-all --ambient-caps=-all --bounding-set=-all --no-new-privs --pdeathsig=KILL "$@"
}

# Not process 1 itself: that cannot be aborted, and abort is how a panic ends.
# An unknown seccomp= is no error to kernels before 7. Without randomised addresses it need not start itself
# anew by its name in /proc. The blacklisted functions measure RAID 6 speeds for 0.85 of the 1.2 s that booting
# would else take. vec=0: a TAP device is no socket, and takes one packet at a time.
(umask 077 && mkfifo /run/printed)
filter=
# setpriv of older trees, and kernels without it, have none.
setpriv --no-new-privs --seccomp-filter /run/l3vpn/filter true 2>/dev/null && filter=--seccomp-filter=/run/l3vpn/filter
as "$kernel" $filter setarch --addr-no-randomize linux.uml \
    mem="${megabytes}M" seccomp=auto \
    rootfstype=hostfs root=/dev/root ro hostfs=/ init=/run/l3vpn/init \
    con=null con0=null,fd:1 ssl=null ssl0=null,fd:3 quiet panic=-1 \
    initcall_blacklist=raid6_select_algo,raid6_init \
    vec0:transport=fd,fd=4,vec=0,gro=1 "$@" >/run/printed 2>&1 </dev/null &

# Process 1 writes down what the kernel prints, stops before the machine's disk is full, and ends with it.
as "$log" sh -c 'head -c 1048576; exec cat >/dev/null' </run/printed 2>/dev/null 3>&- 4>&-
INSIDE
