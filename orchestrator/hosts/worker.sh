# What a node needs of the kernel of the machine that its pod is on; the pod cannot load modules by itself.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
needs() { # MODULES
    echo "the kernel of its worker has not loaded $1: sudo modprobe -a mpls_router mpls_iptunnel vrf there" >&2
    exit 1
}
[ -e /proc/sys/net/mpls/platform_labels ] || needs mpls_router
ip link add l3vpn-try type vrf table 4242 2>/dev/null || needs vrf
ip link del l3vpn-try
[ -w /proc/sys/net/ipv4/ip_forward ] || { echo "its container is not privileged" >&2; exit 1; }
