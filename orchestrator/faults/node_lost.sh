# What is left of a node that loses power, once its ports are down: its sshd, and nothing that routes.
# Fed to a root shell on the node. What it needs to come back lies in /run/l3vpn/lost: its configuration, and for
# each daemon the command line that it was started with.
set -eu
. ../scripts/speaker.sh
lost=/run/l3vpn/lost
umask 077
mkdir -p "$lost"
if [ ! -e "$lost/frr.conf" ]; then
    vtysh -c 'show running-config no-header' >"$lost/frr.conf.new"
    mv "$lost/frr.conf.new" "$lost/frr.conf"
fi

# A daemon's children (ldpd has two) are started by their parent, without -d.
for pid in $(pgrep -f '^/usr/lib/frr/[a-z]+ .*-d' || :); do
    name=$(cat "/proc/$pid/comm" 2>/dev/null) || continue
    cat "/proc/$pid/cmdline" >"$lost/$name.daemon" 2>/dev/null || :
done
for pid in $(pgrep -f "$supervisor" || :); do
    cat "/proc/$pid/cmdline" >"$lost/eigrp.speaker" 2>/dev/null || :
done
kill_speaker
pkill -KILL -f '^/usr/lib/frr/' || :
pkill -x vtysh || :

# Everything that FRR puts into the kernel, by its protocol numbers (zebra, bgp, isis, ospf, eigrp, ldp, static); what
# the runtime made for management is the kernel's own, or `boot`.
for protocol in 11 186 187 188 192 193 196; do
    ip route flush table all protocol "$protocol" 2>/dev/null || :
    ip -M route flush protocol "$protocol" 2>/dev/null || :
done
ip nexthop flush protocol 11 2>/dev/null || :
