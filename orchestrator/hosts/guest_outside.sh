#!/bin/sh
# Starts the embedded kernels in a world that ends at the node tree. Runs as process 1 of namespaces of its own
# (users, network, mounts, processes, IPC), so nothing it does is seen outside, and all of it goes when a
# kernel ends. It has the TAP devices tp0, tp1... as file descriptors 4, 5..., and file descriptor 3 becomes each
# kernel's /dev/ttyS0, on which it says that it is up.
#
# guest_outside.sh TREE MEGABYTES INIT HOST_KEY LOGIN_PUBLIC_KEY KERNELS FILTER [DISK [SHOW]]
#   MEGABYTES  of each kernel
#   KERNELS    of each one, between blanks: TAP_ADDRESS/LENGTH,ITS_ADDRESS/LENGTH,NETWORK_OF_ITS_LABS
#   FILTER what the kernel may not ask of the machine's: instructions for seccomp(2), base64
#   DISK   file that becomes the guest's /dev/ubda: as it is, or where SHOW is missing as a copy on write, so
#          that it stays the same and several guests may have it
#   SHOW   folder that the guest can mount: hostfs=/dev/show
#
# Root of a node is root of the guest, loads modules into its kernel, and so is in charge of the kernel's process:
# whatever that process may do, the node may do. Hence it has no capability, a user id of its own, no way back
# to one, no /proc, no device but the four below, and no file but the tree, read-only, and its own memory.
set -eu
tree=$1 megabytes=$2 init=$3 host_key=$4 login=$5 kernels=$6 filter=$7 disk=${8-} show=${9-}
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
# The memory of each kernel is a file in here.
# shellcheck disable=SC2086 # a word for each
number=$(printf '%s\n' $kernels | wc -l)
room=$(((megabytes + 64) * number))
# Packets between kernels go through here, and no others: see below.
[ "$number" = 1 ] || { echo 1 >/proc/sys/net/ipv4/ip_forward; } 2>/dev/null || {
    echo '/proc/sys is read-only here, and kernels reach one another by IP forwarding: --guests 1 needs none'
    exit 1
}
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
printf %s "$filter" | base64 -d >"$tree/run/l3vpn/filter"
printf '%s\n' '#!/bin/sh' '"$@"' 'kill -9 -1' >"$tree/run/l3vpn/together"
chmod 755 "$tree/run/l3vpn/together"
# Each kernel takes its own away when it has read it: nodes see this folder.
while [ "$number" != 0 ]; do
    number=$((number - 1))
    install -o $kernel -m 400 "$host_key" "$tree/run/l3vpn/once/host_key$number"
done
chown $kernel "$tree/run/l3vpn/once" "$tree/run/uml"

# From here on everything is the tree's, and this process too has no other root.
cd "$tree"
mount --rbind /proc proc # for umount alone, which wants to read what is mounted
pivot_root . mnt
exec chroot . /bin/sh -eu -s "$megabytes" "$kernels" $kernel $log $ubd <<'INSIDE'
umount --lazy /mnt
umount --lazy /proc
megabytes=$1 kernels=$2 kernel=$3 log=$4
shift 4

# Kernels reach one another's own addresses, for the links between their nodes, and nothing else through here: what
# comes from one is looked up in table 10 alone.
number=0
{
    echo "link set lo up"
    first=${kernels#*,}
    for one in $kernels; do
        outside=${one%%,*} labs=${one##*,} guest=${one#*,}
        guest=${guest%%/*}
        echo "address add $outside dev tp$number"
        echo "link set tp$number up"
        if [ "$one" != "$kernels" ]; then
            echo "route add $labs via $guest"
            echo "route add $guest dev tp$number table 10"
            echo "rule add iif tp$number lookup 10 priority 10"
            echo "rule add iif tp$number blackhole priority 11"
        fi
        number=$((number + 1))
    done
    echo "route add default via ${first%%/*}"
} | ip -batch -

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
number=0
for one in $kernels; do
    outside='' guest=${one#*,} together=''
    if [ "$one" != "$kernels" ]; then
        # One that ends takes the others with it: a lab that is in several is nothing without one of them.
        outside=${one%%/*} together=/run/l3vpn/together
    fi
    # What the kernel does not know goes to its process 1, as variables.
    as "$kernel" $filter ${together:+"$together"} setarch --addr-no-randomize linux.uml \
        mem="${megabytes}M" seccomp=auto \
        rootfstype=hostfs root=/dev/root ro hostfs=/ init=/run/l3vpn/init \
        con=null con0=null,fd:1 ssl=null ssl0=null,fd:3 quiet panic=-1 \
        initcall_blacklist=raid6_select_algo,raid6_init \
        vec0:transport=fd,fd=$((4 + number)),vec=0,gro=1 number=$number guest="${guest%,*}" outside="$outside" "$@" \
        >/run/printed 2>&1 </dev/null &
    number=$((number + 1))
done

# Process 1 writes down what the kernel prints, stops before the machine's disk is full, and ends with it.
as "$log" sh -c 'head -c 1048576; exec cat >/dev/null' </run/printed 2>/dev/null 3>&- 4>&- 5>&- 6>&- 7>&-
INSIDE
