"""Reading routing tables: the few questions that several layers ask of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.verification.kit.wording import listed
from parsers.kernel import KERNEL_ROUTES
from parsers.values import IMPLICIT_NULL
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network

    from orchestrator.verification.kit.facts import Facts
    from parsers.bgp import VpnRoute
    from parsers.kernel import KernelRoute
    from parsers.values import Label, Network
    from parsers.zebra import Hop, Route

MAIN_TABLE = 254


def routes_to(facts: Facts, node: str, vrf: str, prefix: IPv4Network | None = None) -> tuple[Route, ...]:
    """All candidates in one table, of one prefix if it is given."""
    if prefix is None:
        return facts.about(node, ROUTES, _vrf, vrf)
    return facts.about(node, ROUTES, _vrf_and_prefix, (vrf, prefix))


def _vrf(route: Route) -> str:
    return route.vrf


def _vrf_and_prefix(route: Route) -> tuple[str, IPv4Network]:
    return route.vrf, route.prefix


def selected(facts: Facts, node: str, vrf: str, prefix: IPv4Network) -> Route | None:
    """The route that zebra chose for a prefix."""
    return next((one for one in routes_to(facts, node, vrf, prefix) if one.selected), None)


def in_kernel(facts: Facts, node: str, table: int, prefix: IPv4Network) -> KernelRoute | None:
    """The kernel's route for a prefix in one table."""
    found = facts.about(node, KERNEL_ROUTES, _table_and_prefix, (table, prefix))
    return next((one for one in found if one.kind == "unicast"), None)


def _table_and_prefix(route: KernelRoute) -> tuple[int, Network]:
    return route.table, route.prefix


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
