"""A break, and the words that several layers' breaks share: commands, and rows of their output."""

from __future__ import annotations

from dataclasses import dataclass

from tests.unit.verification.scene import Edit

OSPF = "show ip ospf vrf all neighbor"
OSPF_PORTS = "show ip ospf vrf all interface"
RIB = "show ip route vrf all"
LFIB = "show mpls table"
BINDINGS = "show mpls ldp binding"
BGP = "show bgp vrf all summary"
VPNV4 = "show bgp ipv4 vpn"
K_LFIB = "ip -M route"
K_RIB = "ip route show"
ADDR = "ip -d addr"
ECHOES = "python3 -c"
BGP_CONFIGURATION = "show running-config bgpd"


@dataclass(frozen=True, slots=True)
class Break:
    """What goes wrong, where it shows, and what the check's finding then says."""

    name: str
    check: str
    edits: tuple[Edit, ...]
    expected: str
    observed: str


def one(
    name: str, check: str, where: tuple[str, str], change: tuple[str, str], says: tuple[str, str]
) -> Break:
    return Break(name, check, (Edit(*where, *change),), *says)


RED_PATH = "B>* 172.16.1.0/24 [20/0] via 10.1.0.2, eth2, weight 1, 00:01:12\n"


def peer(address: str, asn: int, state: str) -> str:
    """A neighbour's row in a BGP summary, up to what it is sent."""
    return f"{address:<15} 4 {asn:>10}        17        17        7    0    0 {state}"


UP = "00:00:28            3        3"
