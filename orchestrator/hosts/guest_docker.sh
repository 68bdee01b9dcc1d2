# Starts the Docker engine in the guest, its images on the disk. Run by root there; where the engine runs
# nothing is changed, and where it has ended it is started again.
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
! docker info >/dev/null 2>&1 || exit 0

if ! mountpoint -q /var/lib/docker; then
    mkdir -p /var/lib/docker
    # A disk that is no file system yet is made one; without a journal: it is never written to twice.
    blkid /dev/ubda >/dev/null || mke2fs -q -t ext4 -O ^has_journal -E lazy_itable_init=1 /dev/ubda
    mount -o noatime /dev/ubda /var/lib/docker
fi

if ! mountpoint -q /dev/mqueue; then
    # A privileged container gets a copy of every device; the kernel's own list of them has 600 terminals.
    mkdir -p /run/dev
    mount -t tmpfs -o mode=755,size=1m tmpfs /run/dev
    for device in null zero full random urandom tty console ttyS0; do
        cp -a "/dev/$device" /run/dev
    done
    mkdir /run/dev/pts /run/dev/shm /run/dev/mqueue /run/dev/net
    mknod -m 666 /run/dev/net/tun c 10 200
    ln -s pts/ptmx /run/dev/ptmx
    for name in fd:fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do
        ln -s "/proc/self/${name#*:}" "/run/dev/${name%:*}"
    done
    mount --move /dev/pts /run/dev/pts
    mount --move /dev/shm /run/dev/shm
    mount -t mqueue mqueue /run/dev/mqueue
    mount --move /run/dev /dev
    # containerlab insists on two modules that this kernel does not have and that nothing here needs.
    printf 'kernel/%s\n' net/ipv4/netfilter/ip_tables.ko net/ipv6/netfilter/ip6_tables.ko \
        >>"/lib/modules/$(uname -r)/modules.builtin"
fi

cat >/run/docker.json <<'JSON'
{"iptables": false, "ip6tables": false, "userland-proxy": false, "bridge": "none", "log-driver": "local",
 "storage-driver": "overlay2", "default-runtime": "crun", "runtimes": {"crun": {"path": "/usr/bin/crun"}}}
JSON
rm -f /run/docker.log
mkfifo /run/docker.log
dockerd --config-file /run/docker.json >/run/docker.log 2>&1 &
exec 3</run/docker.log
# Its log says when it listens; what it says later goes to a file.
while read -r line <&3; do
    case $line in
        *'API listen on'*) cat <&3 >/var/log/docker.log 2>&1 & exit 0 ;;
        *level=fatal* | *'failed to start daemon'*) echo "$line" >&2; exit 1 ;;
    esac
done
echo 'dockerd ended without a word' >&2
exit 1
