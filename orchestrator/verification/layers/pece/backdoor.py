"""Backdoors: the adjacency or session of two sites' routers over a link of their own, past the provider."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.protocols.bgp import checks as bgp
from orchestrator.protocols.bgp.pece import backdoor_sessions, customer_as
from orchestrator.protocols.eigrp import checks as eigrp
from orchestrator.protocols.eigrp.pece import process
from orchestrator.protocols.ids import backdoor_id
from orchestrator.protocols.ospf import checks as ospf
from orchestrator.protocols.ospf.pece import router_id
from orchestrator.routing.routes import Table
from orchestrator.verification.kit.check import Check
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import look
from orchestrator.verification.layers import link
from parsers import DEFAULT_VRF
from parsers.bgp import BGP_PEERS
from parsers.eigrp import EIGRP
from parsers.ospf import OSPF_NEIGHBORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.model.lab import Backdoor
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check_id import CheckId


def checks(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    """Each backdoor of a CE that has its link up."""
    for backdoor in lab.lab.backdoors_of(ce):
        if lab.joins(backdoor):
            yield _spoken(lab, backdoor, ce)(lab, backdoor, ce)


def _spoken(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> Callable[[EffectiveLab, Backdoor, str], Check]:
    """The check of the protocol that is spoken over a backdoor."""
    if backdoor in backdoor_sessions(lab.lab, ce):
        return _bgp
    return _eigrp if process(lab.lab, Table(ce)) else _ospf


def _bgp(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> Check:
    far, address = backdoor.far_end(ce)
    return Check(
        backdoor_id(backdoor, ce),
        f"BGP session with {far.node} over the backdoor",
        partial(
            bgp.judge_session,
            node=ce,
            vrf=DEFAULT_VRF,
            peer=address.ip,
            asn=customer_as(lab.lab, far.node) or 0,
        ),
        (Query(ce, BGP_PEERS),),
        after=_sound(lab, backdoor, ce),
        why="Without it nothing takes over when the provider fails.",
        hint=look(lab.lab, ce, f"show bgp neighbors {address.ip}"),
    )


def _ospf(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> Check:
    near, (far, address) = backdoor.near_end(ce)[0], backdoor.far_end(ce)
    return Check(
        backdoor_id(backdoor, ce),
        f"OSPF adjacency with {far.node} over the backdoor",
        partial(
            ospf.judge_adjacency,
            table=Table(ce),
            interface=near.interface,
            address=address.ip,
            neighbor=router_id(lab.lab, Table(far.node)),
        ),
        (Query(ce, OSPF_NEIGHBORS),),
        after=_sound(lab, backdoor, ce),
        why=ospf.WHY_ADJACENCY,
        hint=look(lab.lab, ce, f"show ip ospf interface {near.interface}"),
    )


def _eigrp(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> Check:
    near, (far, address) = backdoor.near_end(ce)[0], backdoor.far_end(ce)
    return Check(
        backdoor_id(backdoor, ce),
        f"EIGRP adjacency with {far.node} over the backdoor",
        partial(eigrp.judge_adjacency, table=Table(ce), interface=near.interface, address=address.ip),
        (Query(ce, EIGRP),),
        after=(*_sound(lab, backdoor, ce), eigrp.speaker_id(ce), eigrp.speaker_id(far.node)),
        why=eigrp.WHY_ADJACENCY,
        hint=eigrp.look_at(lab, ce, "neighbors"),
    )


def _sound(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> tuple[CheckId, ...]:
    (near, _), (far, _) = backdoor.near_end(ce), backdoor.far_end(ce)
    return link.sound_ids(lab, lab.lab.interface(near), lab.lab.interface(far))
