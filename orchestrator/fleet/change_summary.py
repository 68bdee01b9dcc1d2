"""Whose routers a change touches, and how much: the customer's edge against the provider's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.hosts import ce_of
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.fleet.comparing import PushResult
    from orchestrator.model.lab import Lab


@dataclass(frozen=True, slots=True)
class Tally:
    """What changes on one node.

    Attributes:
        node: its name.
        owner: `customer <VPN>` for a CE, `provider <name>` for the others.
        added: lines of the configuration of FRR and the EIGRP speaker that come.
        removed: lines of it that go.
        kernel: whether its VRFs, ports or kernel parameters change too.
    """

    node: str
    owner: str
    added: int
    removed: int
    kernel: bool


def tally(lab: Lab, results: Iterable[PushResult]) -> tuple[Tally, ...]:
    """What changes on each node that differs: customers first, then provider by provider."""
    made = [_of_node(lab, result) for result in results if result.differs]
    return tuple(sorted(made, key=lambda one: one.owner))


def owner(lab: Lab, node: str) -> str:
    """Whose router it is."""
    role = lab.node(node).role
    if role.in_provider:
        name = lab.provider_of(node).name
        return name if name == "provider" else f"provider {name}"  # the short form gives none
    ce = ce_of(lab.topology, node) if role is Role.HOST else node
    return f"customer {lab.attachments_of(ce)[0][0].vpn}"


def _of_node(lab: Lab, result: PushResult) -> Tally:
    # After the two lines that name the sides; a hunk's other lines begin with a blank or @.
    lines = [*result.configuration.splitlines()[2:], *result.eigrp.splitlines()[2:]]
    return Tally(
        result.node,
        owner(lab, result.node),
        sum(line.startswith("+") for line in lines),
        sum(line.startswith("-") for line in lines),
        bool(result.plumbing),
    )
