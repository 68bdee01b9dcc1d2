"""Segment routing with MPLS (RFC 8402, RFC 8660): the IGP carries labels, and LDP is not needed.

Each loopback has an index that means the same everywhere, its prefix SID; a node's label for it is the first
of its own block (SRGB) plus that index. So the intent alone says every label of the core.

What a provider node gets for it stands in three places:

* `configuration.py` of the IGP, in `core/igp`, with the lines of `core/igp/segments.py`: no daemon is added.
* `render/plumbing.py`: the kernel's sysctls, as for LDP.
* `render/frr_grammar.py`: the order in which FRR takes the lines.
"""
