# The Linux state of a node, by two processes: forking is what costs time there. Ends as ip does.

# In numbers (-N), because iproute2 calls two protocols `static`: that of `ip route add` and FRR's.
ip -N -json -details -batch - <<'IP' || exit
addr show
rule show
route show table all
neigh show nud permanent
IP
cd /proc/sys || exit
# `grep ''` prints `path:value`. Not all of these files are there in a kernel without MPLS or IPv6.
grep -s '' net/ipv4/ip_forward net/ipv4/ip_default_ttl net/ipv4/conf/*/rp_filter net/ipv4/conf/*/forwarding \
    net/ipv6/conf/*/disable_ipv6 net/ipv6/conf/all/forwarding net/ipv6/conf/*/keep_addr_on_down \
    net/mpls/platform_labels net/mpls/ip_ttl_propagate net/mpls/conf/*/input || true
