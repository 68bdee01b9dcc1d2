"""EIGRP between PE and CE, by the speaker of this repository (RFC 7868 with classic metrics).

The VPN is to look like no hop at all: the composite metric travels as MED, and the far PE rebuilds a route
of the same distance from it. Cisco's PEs carry the whole vector in extended communities of their own, which
FRR can neither set nor keep; so the least bandwidth of the way is lost, and all that a route has gathered is
delay beyond the PE, on top of the bandwidth of Fast Ethernet. `eigrp/vpn.py` has the whole mapping.

A PE compares what the VPN has with what it hears over EIGRP, by EIGRP's own metric, whatever zebra selected:
bgpd sends the VPN's routes to the speaker by BMP. So a backdoor is used while it is better, and no longer.
"""
