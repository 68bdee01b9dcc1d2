"""What both ends of a sham link must be set to: its cost decides between the provider and a backdoor."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.topology import Endpoint
from orchestrator.protocols.ospf.checks import judge_parameters, wanted_parameters
from orchestrator.protocols.ospf.values import Ospf
from orchestrator.verification.kit.check import Check
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command
from orchestrator.verification.layers import kernel
from parsers.ospf import OSPF_INTERFACES, OSPF_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Vrf
    from orchestrator.model.sham_link import ShamLink
    from orchestrator.routing.effective_lab import EffectiveLab


def parameters_id(link: ShamLink) -> CheckId:
    """The check that both ends of a sham link are set to what the intent says."""
    return CheckId(Layer.PECE, "sham-parameters", link.a.pe, (InVrf(link.a.vrf), Toward(link.b.pe)))


def parameter_ids(lab: EffectiveLab, vrf: Vrf) -> tuple[CheckId, ...]:
    """The checks of all sham links of a VRF, on which the choice between provider and backdoor stands."""
    return tuple(
        parameters_id(link) for link, _, _ in lab.lab.sham_links_of(vrf) if lab.sham_link_reachable(link)
    )


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Each sham link whose ends have routes to each other."""
    for link in lab.lab.sham_links:
        if lab.sham_link_reachable(link):
            yield _parameters(lab, link)


def _parameters(lab: EffectiveLab, link: ShamLink) -> Check:
    a, b = (Endpoint(end.pe, link.device) for end in (link.a, link.b))
    wanted = wanted_parameters(Ospf(link.area, link.cost), lab.lab.provider_of(a.node).timers)
    return Check(
        parameters_id(link),
        f"OSPF parameters match on {a} and {b}",
        partial(judge_parameters, wanted=((a, wanted), (b, wanted))),
        tuple(Query(end.node, command) for end in (a, b) for command in (OSPF_INTERFACES, OSPF_KEYS)),
        after=tuple(kernel.tunnel_id(link, end) for end in (link.a, link.b)),
        why="Over the tunnel the ends must agree as on any link; and its cost, from both ends, is what the "
        "customers' routers compare with their backdoor's.",
        hint=hint_command(lab.lab, a.node, f"show ip ospf vrf {link.a.vrf} interface {link.device}"),
    )
