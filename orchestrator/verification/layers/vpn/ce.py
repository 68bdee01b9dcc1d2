"""What a CE has of its VPN, and that it has nothing else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.core.mpbgp.vpn_routes import ce_route_id, route_id
from orchestrator.model.family import Family, contains
from orchestrator.model.lans import EVERYTHING
from orchestrator.model.topology import Role
from orchestrator.protocols.ids import backdoor_id
from orchestrator.protocols.registry import PROTOCOLS
from orchestrator.routing.routes import RouteSource
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import (
    MAIN_TABLE,
    in_kernel,
    is_link_local,
    rib,
    routes_in,
    selected,
    via,
)
from orchestrator.verification.kit.wording import hint_command, listed, nothing_else
from orchestrator.verification.layers import kernel, pece
from orchestrator.verification.layers.pece.neighbours import origin_neighbour
from orchestrator.verification.layers.vpn.absence import vrf_table_id
from orchestrator.verification.layers.vpn.leaks import leak_id
from parsers import DEFAULT_VRF
from parsers.kernel import KERNEL_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Attachment
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import NextHop, Route
    from orchestrator.verification.kit.facts import Facts


# bgpd has all routes of a VRF, and static ones are advertised to nobody.
_REDISTRIBUTED: Final = frozenset(one.name for one in PROTOCOLS if one.value.is_igp)


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Each CE's remote prefixes, and its table as a whole."""
    for ce in lab.with_role(Role.CE):
        if lab.lab.attachments_of(ce.name):
            yield from _ce(lab, ce.name)


def _ce(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    remote = lab.remote_routes(ce)
    for prefix, route in remote.items():
        hops = dict.fromkeys(hop.table.node for hop in route.next_hops if hop.table is not None)
        over = " over the backdoor" if route.source is RouteSource.BACKDOOR else ""
        yield Check(
            ce_route_id(ce, prefix),
            f"{prefix} via {listed(hops)}{over}",
            partial(
                judge_ce_route,
                ce=ce,
                prefix=prefix,
                protocol=route.protocol,
                gateways=tuple(str(hop.gateway(ce)) for hop in route.next_hops),
                ports=frozenset(one.attachment.ce.interface for one in route.next_hops if one.attachment),
            ),
            (Query(ce, rib(lab.lab.family)), Query(ce, KERNEL_ROUTES)),
            after=tuple(
                dict.fromkeys(one for hop in route.next_hops for one in _announced_ids(lab, ce, hop, prefix))
            ),
            why=_why(lab, route),
            hint=hint_command(lab.lab, ce, f"show {lab.lab.family.ip} route {prefix}"),
        )
    own = {net for one in lab.lab.interfaces_of(ce) for net in (one.address.network, one.prefix)}
    yield Check(
        CheckId(Layer.VPN, "ce-table", ce),
        "no route of the CE from outside its VPN",
        partial(
            judge_ce_table,
            ce=ce,
            own=frozenset(own),
            remote=frozenset(remote),
            beside=(kernel.MANAGEMENT, *lab.lab.topology.left_alone(ce)),
            family=lab.lab.family,
        ),
        (Query(ce, rib(lab.lab.family)),),
        after=(
            *(ce_route_id(ce, prefix) for prefix in remote),
            *dict.fromkeys(
                vrf_table_id(lab.lab.vrf(one.pe.node, one.vrf)) for _, one in lab.attachments_of(ce)
            ),
        ),
        why="A route of another customer, or of the provider's core, has leaked to this site.",
        hint=hint_command(lab.lab, ce, f"show {lab.lab.family.ip} route"),
    )


def _why(lab: EffectiveLab, route: Route) -> str:
    """What a PE has to do for a CE to get a route, above all where it has the route by another protocol."""
    table = route.next_hops[0].table
    at_pe = lab.routing[table].get(route.prefix) if table is not None and table.vrf else None
    if table is not None and at_pe is not None and route.protocol in _REDISTRIBUTED - {at_pe.protocol}:
        return (
            f"{table.node} has it by {at_pe.protocol} in VRF {table.vrf} and must redistribute it into "
            f"{route.protocol.upper()}: it does not, or something on the way drops it."
        )
    return "The PE must advertise the VPN's routes to the CE; check AS-path loops and policies towards it."


def _announced_ids(lab: EffectiveLab, ce: str, hop: NextHop, prefix: IpNetwork) -> tuple[CheckId, ...]:
    """The checks that a neighbour is there and has a prefix to advertise."""
    if hop.attachment is not None:
        return (*pece.ce_prerequisites(lab, hop.attachment), *_in_vrf(lab, hop.attachment, prefix))
    return () if hop.backdoor is None else (backdoor_id(hop.backdoor, ce),)


def _in_vrf(lab: EffectiveLab, attachment: Attachment, prefix: IpNetwork) -> tuple[CheckId, ...]:
    """The checks that the PE's VRF has a prefix that it must hand on."""
    vrf = lab.lab.vrf(attachment.pe.node, attachment.vrf)
    across = (check for one in PROTOCOLS for check in one.inter_pe_ids(lab, vrf, prefix))
    if prefix in lab.imported_by(vrf):
        return (route_id(vrf, prefix), *across)
    if any(one.prefix == prefix for one in lab.leaked_into(vrf)):
        return (leak_id(vrf, prefix),)
    return tuple(
        pece.announced_id(vrf, prefix)
        for one in lab.routes_in(vrf)
        if one.prefix == prefix and origin_neighbour(one) is not None and not one.connected
    )[:1]


def judge_ce_route(  # noqa: PLR0913 -- what a route is made of
    facts: Facts,
    *,
    ce: str,
    prefix: IpNetwork,
    protocol: str,
    gateways: tuple[str, ...],
    ports: frozenset[str] = frozenset(),
) -> Judgement:
    """The CE's selected route is the PE-CE protocol's, via its PE, and the kernel has it.

    The kernel forgets routes over a port whose last address goes, and zebra may take them for installed.
    """
    expected = f"{protocol} via {listed(gateways)}"
    route = selected(facts, ce, DEFAULT_VRF, prefix)
    if route is None:
        return Judgement(holds=False, expected=expected, observed="no such route")
    hops = [hop for hop in route.hops if hop.fib]
    right = all(
        hop.interface in ports if is_link_local(hop) else str(hop.gateway) in gateways for hop in hops
    )
    by_zebra = route.protocol == protocol and bool(hops) and right
    installed = in_kernel(facts, ce, MAIN_TABLE, prefix)
    if by_zebra and installed is None:
        return Judgement(holds=False, expected=expected, observed=f"{via(route)}; the kernel has lost it")
    return Judgement(by_zebra, expected, via(route))


def judge_ce_table(  # noqa: PLR0913 -- what is looked for, and what is not to be taken for it
    facts: Facts,
    *,
    ce: str,
    own: frozenset[IpNetwork],
    remote: frozenset[IpNetwork],
    beside: tuple[str, ...] = (kernel.MANAGEMENT,),
    family: Family = Family.IPV4,
) -> Judgement:
    """The CE's table holds its own networks, the VPN's, and what is connected at ports that are no lab's."""
    seen = [
        one.prefix
        for one in routes_in(facts, ce, DEFAULT_VRF, family)
        if not (one.protocol == "local" and any(contains(net, one.prefix) for net in own - {EVERYTHING}))
        and not (one.protocol in ("connected", "local") and all(hop.interface in beside for hop in one.hops))
    ]
    return nothing_else(own | remote, seen, "routes")
