"""IS-IS as the core's IGP (ISO 10589, RFC 1195): level 2, wide metrics (RFC 5305), point-to-point links.

A node's network entity title (NET) is made of its loopback, each part with its leading zeros: 10.255.0.4
gives the system ID 0102.5500.0004, in area 49.0001, which is a private one.
"""
