"""RIP between PE and CE (RFC 2453): distances in hops, and no neighbour state.

A PE puts the VPN's routes into RIP with one hop and a route tag, its AS number, of which 16 bits fit
(RFC 2453 4.2). What carries the tag no PE uses or exports: so a site at two PEs does not hand the VPN back
to itself. The hops that a site's own route has at its PE become the MED of the VPNv4 route.
"""
