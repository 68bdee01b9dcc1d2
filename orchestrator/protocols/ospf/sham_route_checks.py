"""Sham links (RFC 4577 4.2.7): OSPF across the core decides, and BGP's routes forward."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp.vpn_routes import kernel_id, route_id
from orchestrator.protocols.ospf.checks import judge_adjacency
from orchestrator.protocols.ospf.links import router_id
from orchestrator.protocols.ospf.routes import over_sham_links
from orchestrator.protocols.ospf.sham_checks import parameters_id
from orchestrator.protocols.ospf.values import Ospf
from orchestrator.routing.routes import Table
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import routes_to
from orchestrator.verification.kit.wording import hint_command, listed
from parsers.kernel import KERNEL_ROUTES
from parsers.ospf import OSPF_NEIGHBORS
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Vrf
    from orchestrator.model.sham_link import ShamEnd, ShamLink
    from orchestrator.protocols.ospf.routes import OverShamLink
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def adjacency_id(own: ShamEnd, far: ShamEnd) -> CheckId:
    """The check of the adjacency over a sham link, as one of its ends sees it."""
    return CheckId(Layer.VPN, "sham-adjacency", own.pe, (InVrf(own.vrf), Toward(far.pe)))


def adjacency_ids(lab: EffectiveLab, vrf: Vrf) -> tuple[CheckId, ...]:
    """The checks of the adjacencies over all sham links of a VRF, from both of their ends."""
    return tuple(
        one
        for link, own, far in lab.lab.sham_links_of(vrf)
        if lab.sham_link_reachable(link)
        for one in (adjacency_id(own, far), adjacency_id(far, own))
    )


def inter_pe_ids(lab: EffectiveLab, vrf: Vrf, prefix: IpNetwork) -> tuple[CheckId, ...]:
    """The checks that a VRF's choice of a prefix stands on: all adjacencies, where OSPF chose a sham link."""
    return adjacency_ids(lab, vrf) if prefix in over_sham_links(lab, vrf) else ()


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Each sham link whose ends have routes to each other, and what each VRF does with the routes over it."""
    for link in lab.lab.sham_links:
        if lab.sham_link_reachable(link):
            for own, far in link.ends:
                yield _adjacency(lab, link, own, far)
    for vrf in lab.vrfs:
        if devices := tuple(link.device for link, _, _ in lab.lab.sham_links_of(vrf)):
            for prefix, route in over_sham_links(lab, vrf).items():
                yield _decides(lab, vrf, prefix, route)
            yield _carries_nothing(lab, vrf, devices)


def _adjacency(lab: EffectiveLab, link: ShamLink, own: ShamEnd, far: ShamEnd) -> Check:
    table, other = Table(own.pe, own.vrf), Table(far.pe, far.vrf)
    reached = (kernel_id(lab.lab.vrf(here.pe, here.vrf), there.endpoint.network) for here, there in link.ends)
    return Check(
        adjacency_id(own, far),
        f"OSPF adjacency with {far.pe} over the sham link in VRF {own.vrf}",
        partial(
            judge_adjacency,
            table=table,
            interface=link.device,
            address=far.endpoint.ip,
            neighbor=router_id(lab.lab, other),
        ),
        (Query(own.pe, OSPF_NEIGHBORS),),
        after=(parameters_id(link), *reached),
        why="It makes the path through the provider an intra-area one, which OSPF compares with the "
        "backdoor by cost. Its packets follow BGP's routes to the two endpoints: without those it is "
        "down.",
        hint=hint_command(lab.lab, own.pe, f"show ip ospf vrf {own.vrf} neighbor"),
    )


def _decides(lab: EffectiveLab, vrf: Vrf, prefix: IpNetwork, route: OverShamLink) -> Check:
    return Check(
        CheckId(Layer.VPN, "sham-decides", vrf.pe, (InVrf(vrf.name), prefix)),
        f"VRF {vrf.name} chooses {prefix} over the sham link and leaves it to BGP",
        partial(judge_decides, vrf=vrf, prefix=prefix, route=route),
        (Query(vrf.pe, ROUTES),),
        after=(*adjacency_ids(lab, vrf), route_id(vrf, prefix)),
        why="Packets that followed OSPF's own route would be wrapped in GRE before they get labels; and a "
        "route in use would go back into BGP as this PE's own (RFC 4577 4.2.7.4).",
        hint=hint_command(lab.lab, vrf.pe, f"show ip route vrf {vrf.name} {prefix}"),
    )


def _carries_nothing(lab: EffectiveLab, vrf: Vrf, devices: tuple[str, ...]) -> Check:
    return Check(
        CheckId(Layer.VPN, "sham-carries-no-customer", vrf.pe, (InVrf(vrf.name),)),
        f"no route of any table of {vrf.pe} leads into {listed(devices)}",
        partial(judge_carries_nothing, pe=vrf.pe, devices=devices),
        (Query(vrf.pe, KERNEL_ROUTES),),
        why="The tunnel is for OSPF's own packets; a customer's leave with a transport and a VPN label. If "
        "route-map ospf-to-rib denies the tunnel and routes lead there, FRR has not looked at them again "
        "since the filter came: take the tunnel down and up.",
        hint=hint_command(lab.lab, vrf.pe, f"ip route show table {vrf.table}"),
    )


def judge_decides(facts: Facts, *, vrf: Vrf, prefix: IpNetwork, route: OverShamLink) -> Judgement:
    """OSPF's candidate is there with its cost, by the tunnel alone and not usable; BGP's is selected."""
    tunnels = listed(sorted(set(route.devices)))
    expected = f"ospf cost {route.cost} by {tunnels}, inactive; bgp selected"
    found = routes_to(facts, vrf.pe, vrf.name, prefix)
    ospf = [one for one in found if one.protocol == Ospf.name]
    chosen = [one.protocol for one in found if one.selected]
    seen = [
        f"ospf cost {one.metric} by {listed(sorted({hop.interface or '?' for hop in one.hops}))}, "
        f"{'active' if any(hop.active for hop in one.hops) else 'inactive'}"
        for one in ospf
    ]
    observed = f"{listed(seen, 'no route of ospf')}; {listed(chosen, 'nothing')} selected"
    return Judgement(observed == expected, expected, observed)


def judge_carries_nothing(facts: Facts, *, pe: str, devices: tuple[str, ...]) -> Judgement:
    """No IPv4 route of the kernel, in whatever table, has one of these tunnels for a next hop."""
    seen = [
        f"{one.prefix} in table {one.table} by {hop.device}"
        for one in facts.of(pe, KERNEL_ROUTES)
        if one.kind == "unicast" and one.prefix.version == 4  # noqa: PLR2004 -- IPv4
        for hop in one.hops
        if hop.device in devices
    ]
    return Judgement(not seen, "no such route", listed(seen, "no such route"))
