"""VPNv4 routes on their way to another provider: each ASBR has them, and swaps the label that it gives."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp import checks as mpbgp
from orchestrator.core.mpbgp.sessions import session_id
from orchestrator.core.mpbgp.vpn_routes import export_id, received_id
from orchestrator.model.interconnect import Option, agreed_targets
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import stack
from orchestrator.verification.kit.wording import hint_command, listed
from orchestrator.verification.layers.vpn.exports import communities, judge_unchanged, rd_and_prefix
from parsers.bgp import VPN_ROUTES
from parsers.kernel import KERNEL_LFIB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.interconnect import PortOfAsbr
    from orchestrator.model.lab import VpnPrefix, Vrf
    from orchestrator.routing.crossing import Crossing
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.values import Label


def asbr_route_id(asbr: str, origin: VpnPrefix) -> CheckId:
    """The check that an ASBR has the VPNv4 route of a prefix that goes across."""
    return CheckId(Layer.VPN, "asbr", asbr, (Toward(origin.vrf.pe), InVrf(origin.vrf.name), origin.prefix))


def at_asbrs(lab: EffectiveLab) -> Iterator[Check]:
    """Each exported route that is to go across, at the ASBR of its own provider and at the other's."""
    for link in lab.lab.interconnects:
        if link.option is not Option.B or not lab.interconnect_forwards(link):
            continue
        targets = agreed_targets(lab.lab, link)
        for far, near in link.ends:
            for vrf in lab.vrfs:
                home = lab.lab.provider_of(vrf.pe) == lab.lab.provider_of(far.node)
                if home and targets & vrf.exports and lab.receives_vpnv4(far.node, vrf.pe):
                    for origin in {one.prefix: one for one in lab.exported_by(vrf)}.values():
                        yield from _of(lab, origin, far, near)


def _of(lab: EffectiveLab, origin: VpnPrefix, far: PortOfAsbr, near: PortOfAsbr) -> Iterator[Check]:
    pe = origin.vrf.pe
    yield Check(
        asbr_route_id(far.node, origin),
        f"VPNv4 route {origin.vrf.rd}:{origin.prefix} from {pe}, to be sent to {near.node}",
        partial(judge_unchanged, node=far.node, origin=origin, next_hop=lab.lab.loopback(pe)),
        (Query(far.node, VPN_ROUTES), Query(pe, VPN_ROUTES)),
        after=(export_id(origin), *mpbgp.vpnv4_session_ids(lab, pe, far.node)),
        why="An ASBR has no VRF of this VPN and must keep its routes all the same "
        "(`bgp retain route-target all`): what it drops, the other provider never hears of.",
        hint=hint_command(lab.lab, far.node, f"show bgp ipv4 vpn {origin.prefix}"),
    )
    yield _swapped(
        lab,
        asbr_route_id(near.node, origin),
        (near.node, origin),
        (far.node, far.address.ip),
        (
            asbr_route_id(far.node, origin),
            session_id(far.node, near.node),
            session_id(near.node, far.node),
        ),
    )


def received(
    lab: EffectiveLab,
    vrf: Vrf,
    origins: tuple[VpnPrefix, ...],
    across: Crossing,
    rivals: tuple[VpnPrefix, ...],
) -> Check:
    """The route as it gets to a PE that imports it, from the ASBR of its provider.

    Args:
        lab: the lab.
        vrf: that imports it.
        origins: under one RD, which the check is about.
        across: how it comes.
        rivals: all that the VRF may import of that prefix.
    """
    origin, near = origins[0], across.near.node
    return _swapped(
        lab,
        received_id(vrf, origins, rivals),
        (vrf.pe, origin),
        (near, lab.lab.loopback(near)),
        (asbr_route_id(near, origin), *mpbgp.vpnv4_session_ids(lab, near, vrf.pe)),
    )


def _swapped(
    lab: EffectiveLab,
    check_id: CheckId,
    at: tuple[str, VpnPrefix],
    sender: tuple[str, IPv4Address],
    after: tuple[CheckId, ...],
) -> Check:
    (node, origin), (asbr, address) = at, sender
    return Check(
        check_id,
        f"VPNv4 route {origin.vrf.rd}:{origin.prefix} from {asbr}, with a label that {asbr} swaps",
        partial(judge_swapped, node=node, origin=origin, asbr=asbr, next_hop=address),
        (Query(node, VPN_ROUTES), Query(asbr, VPN_ROUTES), Query(asbr, KERNEL_LFIB)),
        after=after,
        why=f"{asbr} names itself as the next hop, so the label must be its own: its kernel swaps it for "
        f"what it has for the route. RD and route targets of {origin.vrf.pe} stay (RFC 4364 10 b).",
        hint=hint_command(lab.lab, asbr, "show mpls table"),
    )


def judge_swapped(
    facts: Facts, *, node: str, origin: VpnPrefix, asbr: str, next_hop: IPv4Address
) -> Judgement:
    """The route leads to the ASBR, by a label that its kernel swaps for the one that it has itself."""
    key = str(origin.vrf.rd), origin.prefix
    targets = listed(communities(origin))
    behind = [one.label for one in facts.about(asbr, VPN_ROUTES, rd_and_prefix, key) if one.best]
    expected = f"next hop {next_hop}, RT {targets}, a label that {asbr} swaps for {listed(behind, 'none')}"
    found = [one for one in facts.about(node, VPN_ROUTES, rd_and_prefix, key) if one.best]
    if not found:
        return Judgement(holds=False, expected=expected, observed="no such route")
    route = found[0]
    stacks = _swaps(facts, asbr, route.label)
    inner = {one[-1] if one else None for one in stacks}
    observed = (
        f"next hop {route.nexthop}, RT {listed(sorted(route.communities))}, label {route.label}, "
        f"which {asbr} swaps for {listed(map(stack, stacks), 'nothing')}"
    )
    holds = (
        route.nexthop == next_hop
        and sorted(route.communities) == communities(origin)
        and bool(stacks)
        and inner == set(behind)
    )
    return Judgement(holds, expected, observed)


def _swaps(facts: Facts, asbr: str, label: Label | None) -> list[tuple[Label, ...]]:
    """The label stacks that an ASBR's kernel puts in a label's place."""
    entries = (one for one in facts.of(asbr, KERNEL_LFIB) if one.in_label == label)
    return list(dict.fromkeys(hop.labels for one in entries for hop in one.hops if hop.gateway is not None))
