"""Reading routing tables: the few questions that several layers ask of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.family import Family, of_one_link
from orchestrator.verification.kit.wording import listed
from parsers import DEFAULT_VRF
from parsers.bgp import VPN_ROUTES, VPNV6_ROUTES, bgp_routes
from parsers.kernel import KERNEL_ROUTES
from parsers.values import IMPLICIT_NULL
from parsers.zebra import IPV6_ROUTES, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.model.family import IpNetwork
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command
    from parsers.bgp import BgpRoute, VpnRoute
    from parsers.kernel import KernelRoute
    from parsers.values import Label, Network
    from parsers.zebra import Hop, Route

MAIN_TABLE = 254


def rib(family: Family) -> Command[tuple[Route, ...]]:
    """The command that shows zebra's tables of a family."""
    return ROUTES if family is Family.IPV4 else IPV6_ROUTES


def vpn_table(family: Family) -> Command[tuple[VpnRoute, ...]]:
    """The command that shows bgpd's VPN routes of a family."""
    return VPN_ROUTES if family is Family.IPV4 else VPNV6_ROUTES


def bgp_table(family: Family, vrf: str = DEFAULT_VRF) -> Command[tuple[BgpRoute, ...]]:
    """The command that shows bgpd's table of a family in a VRF."""
    return bgp_routes(vrf) if family is Family.IPV4 else bgp_routes(vrf, family.afi)


def routes_in(facts: Facts, node: str, vrf: str, family: Family) -> tuple[Route, ...]:
    """All candidates in one table of a family, but those of single links (RFC 4291 2.5.6)."""
    return tuple(one for one in facts.about(node, rib(family), _vrf, vrf) if not of_one_link(one.prefix))


def routes_to(facts: Facts, node: str, vrf: str, prefix: IpNetwork) -> tuple[Route, ...]:
    """All candidates in one table of one prefix."""
    return facts.about(node, rib(Family.of(prefix)), _vrf_and_prefix, (vrf, prefix))


def _vrf(route: Route) -> str:
    return route.vrf


def _vrf_and_prefix(route: Route) -> tuple[str, IpNetwork]:
    return route.vrf, route.prefix


def selected(facts: Facts, node: str, vrf: str, prefix: IpNetwork) -> Route | None:
    """The route that zebra chose for a prefix."""
    return next((one for one in routes_to(facts, node, vrf, prefix) if one.selected), None)


def in_kernel(facts: Facts, node: str, table: int, prefix: IpNetwork) -> KernelRoute | None:
    """The kernel's route for a prefix in one table."""
    found = facts.about(node, KERNEL_ROUTES, _table_and_prefix, (table, prefix))
    return next((one for one in found if one.kind == "unicast"), None)


def _table_and_prefix(route: KernelRoute) -> tuple[int, Network]:
    return route.table, route.prefix


def is_link_local(hop: Hop) -> bool:
    """Whether a next hop is a neighbour's address on the link alone, as BGP's over IPv6 are (RFC 2545 3)."""
    return hop.gateway is not None and of_one_link(hop.gateway)


def is_own_export(route: VpnRoute) -> bool:
    """Whether a VPNv4 route was exported by the node that shows it, from one of its VRFs."""
    return route.nexthop_vrf_id is not None


def on_the_wire(labels: Iterable[Label]) -> tuple[Label, ...]:
    """A label stack without implicit nulls, which are never sent (RFC 3032 2.1)."""
    return tuple(label for label in labels if label != IMPLICIT_NULL)


def stack(labels: Iterable[Label]) -> str:
    """A label stack as FRR writes it, outermost first."""
    return "/".join(map(str, labels)) or "none"


def via(route: Route) -> str:
    """A route's protocol and next hops, for a finding's text."""
    state = "" if route.fib else ", not in the kernel" if not route.rejected else ", refused by the kernel"
    return f"{route.protocol} via {listed(map(_hop, _forwarding(route)), 'nothing')}{state}"


def _forwarding(route: Route) -> tuple[Hop, ...]:
    return tuple(hop for hop in route.hops if hop.fib) or route.hops


def _hop(hop: Hop) -> str:
    where = " ".join(str(one) for one in (hop.gateway, hop.interface) if one is not None)
    labels = f" label {stack(hop.labels)}" if hop.labels else ""
    return (where or hop.blackhole or "?") + labels + ("" if hop.active else " inactive")
