# FRR's daemons that are there and do not answer; of one that is not there vtysh says so.
for daemon in zebra mgmtd staticd bgpd ospfd ripd ldpd bfdd isisd eigrpd; do
    {
        timeout 4 vtysh -d "$daemon" -c 'show version' >/dev/null 2>&1
        test $? != 124 || echo "$daemon"
    } &
done
wait
