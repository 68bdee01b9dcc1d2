"""The sessions of a VRF with ASBRs of other providers (RFC 4364 10 a), beside those with CEs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.interconnect import back_to_back
from orchestrator.protocols.bgp import checks
from orchestrator.protocols.ids import asbr_id
from orchestrator.verification.kit.check import Check
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command
from orchestrator.verification.layers import link
from parsers.bgp import BGP_PEERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Vrf
    from orchestrator.routing.effective_lab import EffectiveLab


def asbr_checks(lab: EffectiveLab, vrf: Vrf) -> Iterator[Check]:
    """The session over each interconnect of a VRF that carries."""
    for one in back_to_back(lab.lab, vrf.pe, vrf.name):
        if lab.interconnect_forwards(one):
            yield _session(lab, vrf, one)


def _session(lab: EffectiveLab, vrf: Vrf, over: Interconnect) -> Check:
    own, far = over.seen_from(vrf.pe)
    other = lab.lab.provider_of(far.node)
    return Check(
        asbr_id(over, vrf.pe),
        f"BGP session with {far.node} of {other.name} in VRF {vrf.name}",
        partial(checks.judge_session, node=vrf.pe, vrf=vrf.name, peer=far.address.ip, asn=other.asn),
        (Query(vrf.pe, BGP_PEERS),),
        after=link.sound_ids(lab, lab.lab.interface(own.end), lab.lab.interface(far.end)),
        why="Over it the two providers exchange routes of this VPN, and of no other: both must have it in "
        "the VPN's VRF, and agree on addresses and AS numbers (RFC 4364 10 a).",
        hint=hint_command(lab.lab, vrf.pe, f"show bgp vrf {vrf.name} neighbors {far.address.ip}"),
    )
