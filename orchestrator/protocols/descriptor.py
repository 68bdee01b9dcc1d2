"""What the program has to know of a PE-CE protocol: one descriptor, filled in by the protocol's folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from orchestrator.verification.journey.link_only import LINK_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestrator.core.fragment import ConfigFragment
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.files import LabFiles
    from orchestrator.model.lab import Attachment, Backdoor, Lab, Vrf
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.pece import PeCe
    from orchestrator.model.pece_intent import AtCe, AttachmentIntent
    from orchestrator.protocols.agreement import Agreement
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import NetworkState, Route, Routes, Table
    from orchestrator.verification.journey.protocol_trace import ProtocolTrace
    from orchestrator.verification.kit.check import Check
    from orchestrator.verification.kit.check_id import CheckId

AttachmentChecks: TypeAlias = "Callable[[EffectiveLab, Attachment], Iterator[Check]]"
AttachmentIds: TypeAlias = "Callable[[EffectiveLab, Attachment], tuple[CheckId, ...]]"
VrfIds: TypeAlias = "Callable[[EffectiveLab, Vrf], tuple[CheckId, ...]]"


def no_checks(*_: Any) -> Iterator[Check]:  # noqa: ANN401 -- of whatever it is asked for
    """There is nothing to verify."""
    yield from ()


def _no_mistakes(_: LabFiles) -> Iterator[Mistake]:
    yield from ()


def _no_ids(_: EffectiveLab, __: Vrf) -> tuple[CheckId, ...]:
    return ()


def _no_prefix_ids(_: EffectiveLab, __: Vrf, ___: IpNetwork) -> tuple[CheckId, ...]:
    return ()


def _nothing_else(_: int) -> Mapping[str, int]:
    return {}


def _as_it_is(_: Lab, route: Route, __: Attachment) -> Route:
    return route


def _no_prefixes(_: Lab, __: Vrf, ___: Mapping[Table, Routes]) -> frozenset[IpNetwork]:
    return frozenset()


def _no_text(_: Lab, __: str) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class PeCeProtocol:
    """One PE-CE protocol. What its folder leaves out, it has no need of.

    Attributes:
        value: what an attachment that speaks it has agreed on; its class attributes say what it is called.
        intent: what a site says in `vpn.yml`.
        at_ce: what the CE can have instead of what was agreed.
        new_site: what a site of a new lab says besides its protocol, by its number in the lab.
        check_files: finds where sites that speak it contradict each other.
        daemons: FRR's daemons that it needs on both sides, besides zebra.
        agreement: what both ends must be set to alike.
        on_pe: lines for a VRF with attachments that speak it; nothing if none does.
        on_ce: lines for a CE with attachments that speak it; nothing if none does.
        speaker: the configuration of a program of this project that speaks it on a node; empty for none.
        learnt: what a table has by this protocol, given what all tables of the lab hold.
        subnet: the subnet of an attachment as its PE exports it, given the connected route.
        possible_exports: what a VRF may export beside what it uses.
        pe_checks: an attachment as its PE sees it.
        ce_checks: an attachment as its CE sees it.
        pe_prerequisites: the checks that the PE's routes from the CE stand on.
        ce_prerequisites: the checks that the CE's routes from the PE stand on.
        asbr_checks: the sessions of a VRF with other providers' ASBRs, which are as CEs to it.
        node_checks: a node as a whole, before its attachments.
        inter_pe_link_checks: what is between PEs in the customer's own protocol, before the attachments.
        vrf_checks: a VRF as a whole, behind its attachments.
        ce_node_checks: a CE as a whole, behind its attachments.
        backdoor_check: the adjacency or session over a backdoor, as one of its CEs sees it.
        inter_pe_neighbor_checks: neighbours that PEs are to each other in it, across the core.
        vpn_checks: what it makes of the VPN's routes, behind the checks that CEs have them.
        choice_ids: the checks that the choice between a VRF's routes stands on.
        adjacency_ids: the checks of a VRF's neighbours across the core.
        inter_pe_ids: those of them that the choice of one prefix stands on.
        trace: what it shows of a route that one end advertises to the other.
    """

    value: type[PeCe]
    intent: type[AttachmentIntent]
    at_ce: type[AtCe]
    new_site: Callable[[int], Mapping[str, int]] = _nothing_else
    check_files: Callable[[LabFiles], Iterator[Mistake]] = _no_mistakes

    daemons: tuple[str, ...] = ()
    agreement: Agreement
    on_pe: Callable[[Lab, Vrf], ConfigFragment]
    on_ce: Callable[[Lab, str], ConfigFragment]
    speaker: Callable[[Lab, str], str] = _no_text

    learnt: Callable[[NetworkState, Table, Mapping[Table, Routes]], Iterator[Route]]
    subnet: Callable[[Lab, Route, Attachment], Route] = _as_it_is
    possible_exports: Callable[[Lab, Vrf, Mapping[Table, Routes]], frozenset[IpNetwork]] = _no_prefixes

    pe_checks: AttachmentChecks
    ce_checks: AttachmentChecks = no_checks
    pe_prerequisites: AttachmentIds
    ce_prerequisites: AttachmentIds
    asbr_checks: Callable[[EffectiveLab, Vrf], Iterator[Check]] = no_checks
    node_checks: Callable[[EffectiveLab, str], Iterator[Check]] = no_checks
    inter_pe_link_checks: Callable[[EffectiveLab], Iterator[Check]] = no_checks
    vrf_checks: Callable[[EffectiveLab, Vrf], Iterator[Check]] = no_checks
    ce_node_checks: Callable[[EffectiveLab, str], Iterator[Check]] = no_checks
    backdoor_check: Callable[[EffectiveLab, Backdoor, str], Check] | None = None
    inter_pe_neighbor_checks: Callable[[EffectiveLab], Iterator[Check]] = no_checks
    vpn_checks: Callable[[EffectiveLab], Iterator[Check]] = no_checks
    choice_ids: VrfIds = _no_ids
    adjacency_ids: VrfIds = _no_ids
    inter_pe_ids: Callable[[EffectiveLab, Vrf, IpNetwork], tuple[CheckId, ...]] = _no_prefix_ids

    trace: ProtocolTrace = LINK_ONLY

    @property
    def name(self) -> str:
        """What `vpn.yml` and zebra call it."""
        return self.value.name

    def works(self, lab: Lab, attachment: Attachment) -> bool:
        """Whether the ends of an attachment agree as far as routes need it."""
        return self.agreement.works(lab, attachment)
