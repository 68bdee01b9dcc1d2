"""VPNv4 routes that pass the ASBRs by, from PE to PE or from reflector to reflector (RFC 4364 10 c)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.mpbgp import checks as mpbgp
from orchestrator.core.mpbgp.labelled_checks import crossings
from orchestrator.core.mpbgp.sessions import session_id
from orchestrator.core.mpbgp.vpn_routes import export_id
from orchestrator.model.interconnect import agreed_targets
from orchestrator.model.topology import Role
from orchestrator.routing.labelled import partners
from orchestrator.verification.kit.check import Check
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command, listed
from orchestrator.verification.layers.vpn.exports import judge_unchanged
from parsers.bgp import VPN_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import VpnPrefix
    from orchestrator.routing.crossing import Crossing
    from orchestrator.routing.effective_lab import EffectiveLab


def past_id(reflector: str, origin: VpnPrefix) -> CheckId:
    """The check that a reflector has another provider's route as the PE exports it."""
    return CheckId(
        Layer.VPN, "past", reflector, (Toward(origin.vrf.pe), InVrf(origin.vrf.name), origin.prefix)
    )


def session_ids(
    lab: EffectiveLab, origin: VpnPrefix, reader: str, over: Crossing | None
) -> tuple[CheckId, ...]:
    """What brings a route from a PE to another: sessions within a provider, or past the ASBRs as well."""
    if over is None:
        return mpbgp.vpnv4_session_ids(lab, origin.vrf.pe, reader)
    return tuple(
        dict.fromkeys(
            one
            for speaker, listener in partners(lab, over, origin.vrf.pe, reader)
            for one in (
                *_to_partner(lab, origin, speaker, listener),
                *([past_id(listener, origin)] if lab.lab.node(listener).role is Role.RR else ()),
                *_within(lab, listener, reader),
            )
        )
    )


def at_reflectors(lab: EffectiveLab) -> Iterator[Check]:
    """Each route that crosses, at the reflectors of the other provider."""
    for over in crossings(lab):
        targets = agreed_targets(lab.lab, over.link)
        home, here = (lab.lab.provider_of(end.node) for end in (over.far, over.near))
        for vrf in lab.vrfs:
            if vrf.pe in home.nodes and targets & vrf.exports:
                for node in here.nodes:
                    if lab.lab.node(node).role is Role.RR:
                        for origin in {one.prefix: one for one in lab.exported_by(vrf)}.values():
                            yield from _at(lab, over, node, origin)


def _at(lab: EffectiveLab, over: Crossing, reflector: str, origin: VpnPrefix) -> Iterator[Check]:
    senders = [
        speaker
        for speaker, listener in partners(lab, over, origin.vrf.pe, reflector)
        if listener == reflector
    ]
    if not senders or not lab.advertises(origin):
        return
    pe = origin.vrf.pe
    yield Check(
        past_id(reflector, origin),
        f"VPNv4 route {origin.vrf.rd}:{origin.prefix} from {listed(senders)}, next hop {pe}",
        partial(judge_unchanged, node=reflector, origin=origin, next_hop=lab.lab.vpn_address(pe)),
        (Query(reflector, VPN_ROUTES), Query(pe, VPN_ROUTES)),
        after=(
            export_id(origin),
            *dict.fromkeys(one for each in senders for one in _to_partner(lab, origin, each, reflector)),
        ),
        why="A reflector that names itself as the next hop draws the packets, with a label that it never "
        "gave: `attribute-unchanged next-hop` leaves it the PE's.",
        hint=hint_command(lab.lab, reflector, f"show bgp ipv4 vpn {origin.prefix}"),
    )


def _to_partner(lab: EffectiveLab, origin: VpnPrefix, speaker: str, listener: str) -> tuple[CheckId, ...]:
    return (
        *_within(lab, origin.vrf.pe, speaker),
        session_id(speaker, listener),
        session_id(listener, speaker),
    )


def _within(lab: EffectiveLab, here: str, there: str) -> tuple[CheckId, ...]:
    return () if here == there else mpbgp.vpnv4_session_ids(lab, here, there)
