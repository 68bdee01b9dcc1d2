"""An EIGRP speaker (RFC 7868, classic metrics, IPv4) for nodes that run FRRouting.

FRR's own eigrpd can neither redistribute nor carry external routes, and it does not act on withdrawals.
This one does. It is a daemon beside zebra: it speaks EIGRP on raw sockets and is a zebra client of route
type EIGRP, so its routes show as `E>*` and bgpd's `redistribute eigrp` takes them.

The protocol is pure: `packet` and `tlv` turn bytes into values and back, `dual` decides, `transport` and
`process` get what arrived and when, and answer with what to send. Sockets, clock, files and zebra are
met in `speaker` and the modules it alone imports. Standard library only; Python 3.11 or newer.
"""
