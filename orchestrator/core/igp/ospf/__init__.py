"""OSPF as the core's IGP (RFC 2328), and its lines, which PE-CE OSPF has too."""
