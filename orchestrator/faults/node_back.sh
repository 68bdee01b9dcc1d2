# A node that lost its power starts again: the daemons that it ran, and the configuration that it had.
# Fed to a root shell on the node, before its ports come up; does nothing where there is nothing to do.
set -eu
. ../scripts/speaker.sh
lost=/run/l3vpn/lost
[ -d "$lost" ] || exit 0

# FRR 10 moved interface and static configuration into mgmtd; zebra serves all the others.
for file in "$lost/mgmtd.daemon" "$lost/zebra.daemon" "$lost"/*.daemon; do
    [ -e "$file" ] || continue
    name=${file##*/}
    pgrep -x "${name%.daemon}" >/dev/null || xargs -0 -a "$file" env >/dev/null 2>&1 </dev/null
done
if [ -e "$lost/eigrp.speaker" ] && [ ! -S "$speaker_socket" ]; then
    setsid xargs -0 -a "$lost/eigrp.speaker" env >/dev/null 2>&1 </dev/null &
    await_speaker
fi
pkill -x vtysh || :
vtysh -f "$lost/frr.conf" >/dev/null </dev/null
if [ -e "$speaker_configuration" ] && ! pgrep -f "$supervisor" >/dev/null; then
    setsid python3 "$(readlink -f "$speaker_folder/eigrp")" run --supervised </dev/null >/dev/null 2>&1 &
fi
rm -r "$lost"
