"""LDP (RFC 5036): labels for loopbacks, hop by hop along the IGP's paths.

What a provider node (P, PE or route reflector) gets for it stands in five places:

* `protocol.py` here: the daemon ldpd and the roles that run it; `render/daemons.py` starts it on these nodes.
* `configuration.py` here: the block `mpls ldp` with the core interfaces, timers and the label filter.
* `configuration.py` of the IGP, in `core/igp`: its `mpls ldp-sync` (LDP-IGP synchronisation, RFC 5443).
* `render/plumbing.py`: the kernel's sysctls: size of the label table, MPLS input on core interfaces, TTLs.
* `render/templates/provider.j2`: `mpls enable` on core interfaces, where FRR shows that sysctl (8.4); the
  order of the blocks.
"""
