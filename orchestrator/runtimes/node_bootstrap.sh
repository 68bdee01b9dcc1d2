# First contact with a container: opens management access, takes eth0 from everything else, and starts the
# FRR daemons. Fed to a root shell in the container; in a node that was bootstrapped before it starts what is missing.
#
# node_bootstrap.sh AUTHORIZED_KEY HOST_KEY GATEWAY BACK DAEMON...
#   BACK   the network behind GATEWAY that management sessions come from, or - when they come on-link
set -eu
. ../scripts/frr.sh
authorized_key=$1 host_key=$2 gateway=$3 back=$4
shift 4
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

lacks() { echo "this image has no $1: build ours with \`make image\`" >&2; exit 1; }
[ -x /usr/sbin/sshd ] || lacks sshd
[ -x /usr/lib/frr/zebra ] || lacks FRR
command -v ip >/dev/null || lacks iproute2

# Docker gives every container a default route and IPv6 over eth0; sessions are answered from a table of their own.
[ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding
ip route flush default dev eth0 2>/dev/null || :
address=$(ip -4 -o addr show dev eth0 | sed -n 's/.* inet \([^/]*\).*/\1/p')
if [ "$back" != - ] && ! ip rule show priority 220 | grep -q "from $address "; then
    ip rule add from "$address" lookup 220 priority 220
    ip route replace "$back" via "$gateway" dev eth0 table 220
fi

umask 022
mkdir -p /run/sshd /run/ssh /run/frr /etc/frr /var/log/frr
echo "$authorized_key" >/run/ssh/authorized_keys
(umask 077; echo "$host_key" >/run/ssh/host_key)
echo 'service integrated-vtysh-config' >/etc/frr/vtysh.conf
[ -e /etc/frr/frr.conf ] || : >/etc/frr/frr.conf
chown -R frr:frr /etc/frr /run/frr /var/log/frr

running sshd || /usr/sbin/sshd -o HostKey=/run/ssh/host_key -o AuthorizedKeysFile=/run/ssh/authorized_keys
start_daemons "$@"

# Which start of the container this is (after another one its data links are gone, and so are the daemons), and
# what was started.
mkdir -p /run/l3vpn
echo "$(cut -d ' ' -f 22 /proc/1/stat) $*" >/run/l3vpn/bootstrapped
# The host's end of eth0, by its index there.
echo "port $(cat /sys/class/net/eth0/iflink)"
