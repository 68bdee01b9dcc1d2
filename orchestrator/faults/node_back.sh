# A node that lost its power starts again: the daemons that it ran, and the configuration that it had.
# Fed to a root shell on the node, before its ports come up; does nothing where there is nothing to do.
set -eu
lost=/run/l3vpn/lost
[ -d "$lost" ] || exit 0

# FRR 10 moved interface and static configuration into mgmtd; zebra serves all the others.
for name in mgmtd zebra $(cd "$lost" && ls | sed -n 's/\.daemon$//p'); do
    [ -e "$lost/$name.daemon" ] || continue
    pgrep -x "$name" >/dev/null || xargs -0 -a "$lost/$name.daemon" env >/dev/null 2>&1 </dev/null
done
if [ -e "$lost/eigrp.speaker" ] && [ ! -S /run/frr/eigrp.sock ]; then
    setsid xargs -0 -a "$lost/eigrp.speaker" env >/dev/null 2>&1 </dev/null &
    tries=200
    while [ $tries -gt 0 ] && [ ! -S /run/frr/eigrp.sock ]; do sleep 0.05; tries=$((tries - 1)); done
fi
pkill -x vtysh || :
vtysh -f "$lost/frr.conf" >/dev/null </dev/null
if [ -e /etc/frr/eigrp.conf ] && ! pgrep -f '^python3 /var/lib/frr/eigrp-' >/dev/null; then
    setsid python3 "$(readlink -f /var/lib/frr/eigrp)" run --supervised </dev/null >/dev/null 2>&1 &
fi
rm -r "$lost"
