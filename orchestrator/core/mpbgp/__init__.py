"""MP-BGP (RFC 4760): VPNv4 routes between PEs, over route reflectors where there are some."""
