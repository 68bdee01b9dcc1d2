"""The protocols that a provider's inside can be built of: the one place that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.core.fragment import ConfigFragment
from orchestrator.core.igp.registry import IGPS
from orchestrator.core.labels.ldp.protocol import LDP
from orchestrator.core.labels.sr.protocol import SEGMENT_ROUTING
from orchestrator.core.mpbgp.protocol import MP_BGP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.core.descriptor import CoreProtocol
    from orchestrator.model.lab import Lab, Provider
    from orchestrator.model.topology import Role
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Check

LABELS: Final[Mapping[str, CoreProtocol]] = {one.name: one for one in (LDP, SEGMENT_ROUTING)}


def core_configuration(lab: Lab, node: str) -> ConfigFragment:
    """What the protocols of the core need on a provider's node."""
    role = lab.node(node).role
    spoken = _spoken(lab.provider_of(node))
    return ConfigFragment.all_of(one.configuration(lab, node) for one in spoken if role in one.roles)


def core_daemons(lab: Lab, node: str) -> tuple[str, ...]:
    """The daemons that a node needs for the core, besides zebra."""
    role = lab.node(node).role
    spoken = _spoken(lab.provider_of(node)) if role.in_provider else ()
    return tuple(one.daemon for one in spoken if one.daemon and role in one.roles)


def daemons_of_role(role: Role) -> tuple[str, ...]:
    """The daemons that nodes of a role may need for whatever core, besides zebra."""
    every = (*IGPS.values(), *LABELS.values(), MP_BGP)
    return tuple(dict.fromkeys(one.daemon for one in every if one.daemon and role in one.roles))


def igp_checks(lab: EffectiveLab) -> Iterator[Check]:
    """Adjacencies, loopbacks and global tables of each provider."""
    yield from _checks(lab, (IGPS[one.igp] for one in lab.lab.providers))


def label_checks(lab: EffectiveLab) -> Iterator[Check]:
    """Sessions and label switched paths of each provider."""
    yield from _checks(lab, (LABELS[labels] for one in lab.lab.providers for labels in one.labels))


def mpbgp_checks(lab: EffectiveLab) -> Iterator[Check]:
    """VPNv4 sessions of each provider, and the policy of its VRFs."""
    yield from MP_BGP.checks(lab)


def igp_patience(lab: Lab) -> float:
    """Seconds for which an IGP may look the same while it still converges."""
    return max((IGPS[one.igp].patience(one.timers) for one in lab.providers), default=0.0)


def label_patience(lab: Lab, labels: str) -> float:
    """Seconds for which labels of one protocol may look the same while they are still exchanged."""
    spoken = (one for one in lab.providers if labels in one.labels)
    return max((LABELS[labels].patience(one.timers) for one in spoken), default=0.0)


def mpbgp_patience(lab: Lab) -> float:
    """Seconds for which a VPNv4 session may look the same while it still comes up."""
    return max((MP_BGP.patience(one.timers) for one in lab.providers), default=0.0)


def _spoken(provider: Provider) -> tuple[CoreProtocol, ...]:
    return IGPS[provider.igp], *(LABELS[one] for one in provider.labels), MP_BGP


def _checks(lab: EffectiveLab, spoken: Iterable[CoreProtocol]) -> Iterator[Check]:
    for one in {protocol.name: protocol for protocol in spoken}.values():
        yield from one.checks(lab)
