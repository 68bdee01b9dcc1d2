"""Which parser reads the output of which command."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parsers.bfd import parse_bfd_peers
from parsers.bgp import (
    parse_bgp_advertised,
    parse_bgp_summary,
    parse_bgp_unicast,
    parse_bgp_vpn,
    parse_bgp_vpn_summary,
)
from parsers.eigrp import parse_eigrp
from parsers.errors import ParseError
from parsers.frr import parse_version
from parsers.kernel import (
    parse_addresses,
    parse_devices,
    parse_kernel_mpls,
    parse_kernel_routes,
    parse_qdiscs,
    parse_rules,
    parse_sysctl,
)
from parsers.ldp import (
    parse_ldp_bindings,
    parse_ldp_discovery,
    parse_ldp_interfaces,
    parse_ldp_neighbors,
    parse_ldp_sync,
)
from parsers.mpls import parse_mpls_table
from parsers.ospf import parse_ospf_interfaces, parse_ospf_neighbors, parse_ospf_sync
from parsers.ping import parse_ping
from parsers.route import parse_ip_route

if TYPE_CHECKING:
    from collections.abc import Callable

    from parsers.facts import Fact


@dataclass(frozen=True, slots=True)
class _Entry:
    """A parser, and its commands; what the pattern names in them, the parser is given under that name."""

    command: re.Pattern[str]
    parse: Callable[..., tuple[Fact, ...]]


_VRF: Final = r"(?: vrf \S+)?"
_ENTRIES: Final = tuple(
    _Entry(re.compile(pattern), parse)
    for pattern, parse in (
        (rf"show ip ospf{_VRF} neighbor", parse_ospf_neighbors),
        (rf"show ip ospf{_VRF} interface(?: \S+)?", parse_ospf_interfaces),
        (r"show mpls ldp neighbor", parse_ldp_neighbors),
        (r"show mpls ldp interface", parse_ldp_interfaces),
        (r"show mpls ldp discovery", parse_ldp_discovery),
        (r"show mpls ldp binding", parse_ldp_bindings),
        (r"show mpls ldp igp-sync", parse_ldp_sync),
        (r"show ip ospf mpls ldp-sync", parse_ospf_sync),
        (r"show bfd peers", parse_bfd_peers),
        (r"show mpls table", parse_mpls_table),
        (rf"show bgp{_VRF} summary", parse_bgp_summary),
        (r"show bgp ipv4 vpn summary", parse_bgp_vpn_summary),
        (r"show bgp ipv4 vpn", parse_bgp_vpn),
        (rf"show bgp{_VRF} ipv4 unicast", parse_bgp_unicast),
        (rf"show bgp{_VRF} ipv4 unicast neighbors \S+ advertised-routes", parse_bgp_advertised),
        (rf"show ip route{_VRF}", parse_ip_route),
        (r"(?:python3 )?(?:\S*/)?eigrp show(?: \S+)+", parse_eigrp),
        (r"show version", lambda text, version: (parse_version(text, version),)),
        (r"ip -M route(?: show)?", parse_kernel_mpls),
        (r"ip(?: -4)? route show table (?P<table>\S+)", parse_kernel_routes),
        (r"ip -d (?:link|addr(?:ess)?)(?: show)?", parse_devices),
        (r"ip -o addr(?:ess)?(?: show)?", parse_addresses),
        (r"sysctl(?: \S+)*", parse_sysctl),
        (r"ip rule(?: show)?", parse_rules),
        (r"tc qdisc(?: show)?", parse_qdiscs),
        (r"ping(?: \S+)*", lambda text, version: (parse_ping(text, version),)),
    )
)


def parse(command: str, output: str, *, version: str = "") -> tuple[Fact, ...]:
    """Read the output of a command into facts; the typed functions of the modules say which ones.

    Args:
        command: The command as it was typed, e.g. ``show ip route vrf all``.
        output: What it printed, without the prompt.
        version: The FRR version, for error messages.

    Raises:
        ParseError: No parser is known for the command, a line was not understood, or the text is not the
            command's output (``NotThisOutput``).
    """
    for entry in _ENTRIES:
        if match := entry.command.fullmatch(command):
            return entry.parse(output, version, **match.groupdict())
    raise ParseError("there is no parser for this command", command=command, version=version)
