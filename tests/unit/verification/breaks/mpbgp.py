"""What goes wrong in the sessions between PEs, and in what VRFs import and export."""

from __future__ import annotations

from tests.unit.verification.breaks.kit import BGP, BGP_CONFIGURATION, UP, one, peer

_BGP_ON_A_P = """
IPv4 Unicast Summary:
BGP router identifier 10.255.0.2, local AS number 65000 VRF default vrf-id 0
BGP table version 0
RIB entries 0, using 0 bytes of memory
Peers 1, using 23 KiB of memory

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
10.255.0.1      4      65000         0         0        0    0    0    never       Active        0 N/A

Total number of neighbors 1
"""

MPBGP = (
    one(
        "session not up",
        "mpbgp.session.pe1.pe2",
        ("pe1", BGP),
        (
            peer("10.255.0.4", 65000, UP),
            peer("10.255.0.4", 65000, "   never       Active        0"),
        ),
    ),
    one(
        "session with the wrong AS",
        "mpbgp.session.pe1.pe2",
        ("pe1", BGP),
        ("10.255.0.4      4      65000", "10.255.0.4      4      65009"),
    ),
    one(
        "no session",
        "mpbgp.session.pe1.pe2",
        ("pe1", BGP),
        ("10.255.0.4      4 ", "10.255.0.5      4 "),
    ),
    one(
        "another route target is imported",
        "mpbgp.vrf.pe1.red",
        ("pe1", BGP_CONFIGURATION),
        ("rt vpn both 65000:1\n", "rt vpn import 65000:1 65000:2\n  rt vpn export 65000:1\n"),
    ),
    one(
        "session without the VPNv4 family",
        "mpbgp.session.pe1.pe2",
        ("pe1", BGP),
        ("IPv4 VPN Summary", "IPv4 Unicast Summary"),
    ),
    one(
        "plain IPv4 between the PEs",
        "mpbgp.no-other-session.pe1",
        ("pe1", BGP),
        ("IPv4 VPN Summary", "IPv4 Unicast Summary"),
    ),
    one(
        "BGP on a P",
        "mpbgp.no-other-session.p1",
        ("p1", "if pgrep -x bgpd"),
        (
            "bgpd is not running\n",
            _BGP_ON_A_P,
        ),
    ),
)
