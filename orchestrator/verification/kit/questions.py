"""The questions that the proof asks: one command each, and the parser that reads its output."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from orchestrator.verification.kit.facts import Question
from parsers.bfd import parse_bfd_peers
from parsers.bgp import parse_bgp_advertised, parse_bgp_summary, parse_bgp_unicast, parse_bgp_vpn
from parsers.eigrp import parse_eigrp
from parsers.kernel import (
    parse_devices,
    parse_kernel_mpls,
    parse_kernel_routes,
    parse_qdiscs,
    parse_rules,
    parse_sysctl,
)
from parsers.ldp import parse_ldp_bindings, parse_ldp_interfaces, parse_ldp_neighbors, parse_ldp_sync
from parsers.link_echo import parse_link_echoes
from parsers.mpls import parse_mpls_table
from parsers.ospf import parse_ospf_interfaces, parse_ospf_neighbors, parse_ospf_sync
from parsers.route import parse_ip_route
from parsers.running_config import parse_bgp_passwords, parse_eigrp_keys, parse_ospf_keys
from parsers.vrf_policy import parse_vrf_policies

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Address

    from parsers.eigrp import EigrpFact
    from parsers.facts import BgpPassword, BgpRoute, LinkEcho, Sysctl, VrfPolicy

FactT = TypeVar("FactT")
LINK_PROGRAM = Path(__file__).with_name("link_program.py")


@dataclass(frozen=True, slots=True)
class BgpConfiguration:
    """What only bgpd's running configuration tells: neighbours' passwords, and each VRF's RD and RTs."""

    passwords: tuple[BgpPassword, ...]
    policies: tuple[VrfPolicy, ...]


def _or_none_running(
    daemon: str, parse: Callable[[str], tuple[FactT, ...]]
) -> Callable[[str], tuple[FactT, ...]]:
    """Take the word that a daemon is not there for what it means: there is nothing of its kind."""

    def read(output: str) -> tuple[FactT, ...]:
        return () if output.strip() == f"{daemon} is not running" else parse(output)

    return read


OSPF_NEIGHBORS = Question("show ip ospf vrf all neighbor", parse_ospf_neighbors)
OSPF_INTERFACES = Question("show ip ospf vrf all interface", parse_ospf_interfaces)
OSPF_KEYS = Question("show running-config ospfd", parse_ospf_keys)
LDP_NEIGHBORS = Question("show mpls ldp neighbor", parse_ldp_neighbors)
LDP_INTERFACES = Question("show mpls ldp interface", parse_ldp_interfaces)
LDP_BINDINGS = Question("show mpls ldp binding", parse_ldp_bindings)
LDP_SYNC = Question("show mpls ldp igp-sync", parse_ldp_sync)
OSPF_SYNC = Question("show ip ospf mpls ldp-sync", parse_ospf_sync)
BFD_PEERS = Question("show bfd peers", parse_bfd_peers)
LFIB = Question("show mpls table", parse_mpls_table)
BGP_PEERS = Question("show bgp vrf all summary", parse_bgp_summary)
# For nodes that need no BGP: vtysh tells of a daemon that is not there on standard error, out of step with
# its prompt, so it is not asked then.
BGP_PEERS_IF_ANY = Question(
    "if pgrep -x bgpd >/dev/null; then vtysh -c 'show bgp vrf all summary'; "
    "else echo bgpd is not running; fi",
    _or_none_running("bgpd", parse_bgp_summary),
)
BGP_CONFIGURATION = Question(
    "show running-config bgpd",
    lambda output: BgpConfiguration(parse_bgp_passwords(output), parse_vrf_policies(output)),
)
BGP_ROUTES = Question("show bgp ipv4 unicast", parse_bgp_unicast)
VPN_ROUTES = Question("show bgp ipv4 vpn", parse_bgp_vpn)
ROUTES = Question("show ip route vrf all", parse_ip_route)
KERNEL_LFIB = Question("ip -M route", parse_kernel_mpls)
KERNEL_ROUTES = Question("ip route show table all", parse_kernel_routes)
DEVICES = Question("ip -d addr", parse_devices)
RULES = Question("ip rule", parse_rules)
QDISCS = Question("tc qdisc show", parse_qdiscs)


def _by_speaker(output: str) -> tuple[EigrpFact, ...]:
    """Nothing where the speaker is not there or does not answer."""
    absent = output.startswith(("eigrp: no speaker answers", "python3: can't open file"))
    return () if absent else parse_eigrp(output)


EIGRP = Question("python3 /var/lib/frr/eigrp show neighbors interfaces topology vpn", _by_speaker)
EIGRP_KEYS = Question("cat /etc/frr/eigrp.conf 2>/dev/null || true", parse_eigrp_keys)
_MANAGEMENT = "eth0"


@cache
def bgp_routes(vrf: str) -> Question[tuple[BgpRoute, ...]]:
    """BGP's table of a VRF, or (without a name) of the node itself, as a CE has it."""
    return Question(f"show bgp vrf {vrf} ipv4 unicast", parse_bgp_unicast) if vrf else BGP_ROUTES


@cache
def advertised(vrf: str, peer: IPv4Address) -> Question[tuple[BgpRoute, ...]]:
    """What a node sends to a neighbour in a VRF, or outside of VRFs; the attributes are not what is sent."""
    where = f"vrf {vrf} " if vrf else ""
    command = f"show bgp {where}ipv4 unicast neighbors {peer} advertised-routes"
    return Question(command, parse_bgp_advertised)


def sysctl_key(tree: str, interface: str, setting: str) -> str:
    """The name of a setting of one interface."""
    return f"{tree}.{interface}.{setting}"


@cache
def sysctls(interfaces: tuple[str, ...]) -> Question[tuple[Sysctl, ...]]:
    """Forwarding and MPLS settings of a node with these data interfaces."""
    keys = (
        "net.ipv4.ip_forward",
        "net.mpls.platform_labels",
        *(sysctl_key("net.ipv4.conf", name, "forwarding") for name in (*interfaces, _MANAGEMENT)),
        *(sysctl_key("net.mpls.conf", name, "input") for name in (*interfaces, _MANAGEMENT)),
    )
    return Question(f"sysctl {' '.join(keys)}", parse_sysctl)


@cache
def link_echoes(links: tuple[tuple[str, IPv4Address, IPv4Address], ...]) -> Question[tuple[LinkEcho, ...]]:
    """An echo request without and with a label over each link: interface, own and neighbour's address."""
    source = base64.b64encode(zlib.compress(LINK_PROGRAM.read_bytes(), 9)).decode()
    words = " ".join(f"{interface},{own},{far}" for interface, own, far in links)
    return Question(
        f"python3 -c \"import base64,zlib;exec(zlib.decompress(base64.b64decode('{source}')))\" {words}",
        parse_link_echoes,
        told=f"echo requests without and with a label over {', '.join(link[0] for link in links)}",
    )
