"""What Linux must be set to before customers' IPv6 crosses a node of the lab."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from orchestrator.model.topology import Role
from orchestrator.render.plumbing import far_ends
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, exactly, hint_command
from parsers.kernel import PERMANENT_NEIGHBORS, sysctls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.render.plumbing import Neighbor
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts

_FORWARDING = sysctls("net.ipv6.conf.all.forwarding")


@cache
def forwarding_id(node: str) -> CheckId:
    """The check that a node forwards IPv6."""
    return CheckId(Layer.KERNEL, "ipv6-forwarding", node)


@cache
def neighbors_id(node: str) -> CheckId:
    """The check that a PE's kernel knows whom VPNv6 packets go to."""
    return CheckId(Layer.KERNEL, "ipv6-neighbors", node)


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """What PEs and CEs with IPv6 need; a P forwards labels and has no IPv6."""
    for node in lab.nodes:
        if lab.lab.attachments_of(node.name):
            yield _forwarding(lab, node.name)
            if node.role is Role.PE:
                yield _neighbors(lab, node.name)


def crossing_ids(lab: EffectiveLab, nodes: tuple[str, ...]) -> tuple[CheckId, ...]:
    """The checks without which a customer's IPv6 packet does not cross `nodes`."""
    edges = [node for node in nodes if lab.lab.attachments_of(node)]
    pes = (node for node in edges if lab.lab.node(node).role is Role.PE)
    return (*map(forwarding_id, edges), *map(neighbors_id, pes))


def _forwarding(lab: EffectiveLab, node: str) -> Check:
    return Check(
        forwarding_id(node),
        "forwards IPv6",
        partial(judge_forwarding, node=node),
        (Query(node, _FORWARDING),),
        why="Without it the node is an IPv6 host: it drops each packet that is not for itself.",
        hint=hint_command(lab.lab, node, _FORWARDING.text),
    )


def _neighbors(lab: EffectiveLab, node: str) -> Check:
    wanted = tuple(one for one in far_ends(lab.lab, node) if _is_up(lab, node, one))
    return Check(
        neighbors_id(node),
        "knows the far end of each core port as the next hop of VPNv6 routes",
        partial(judge_neighbors, node=node, wanted=wanted),
        (Query(node, PERMANENT_NEIGHBORS),),
        why="zebra gives the kernel a VPNv6 route with its labels and its port, and without a gateway: the "
        "kernel asks for the neighbour `::` there, nobody answers, and no packet of it leaves.",
        hint=hint_command(lab.lab, node, "ip -6 neigh show nud permanent"),
    )


def _is_up(lab: EffectiveLab, node: str, neighbor: Neighbor) -> bool:
    ports = (own for own, _ in lab.lab.core_links_of(node) if own.name == neighbor.device)
    return all(lab.carries(own) for own in ports)


def judge_forwarding(facts: Facts, *, node: str) -> Judgement:
    """The one switch of Linux for all its ports."""
    return equal("1", next((str(one.value) for one in facts.of(node, _FORWARDING)), "no such setting"))


def judge_neighbors(facts: Facts, *, node: str, wanted: tuple[Neighbor, ...]) -> Judgement:
    """On each core port that is up `::` is the far end of its link."""
    devices = {one.device for one in wanted}
    seen = [one for one in facts.of(node, PERMANENT_NEIGHBORS) if one.device in devices]
    return exactly(
        [f"{one.address} {one.device} {one.mac}" for one in wanted],
        [f"{one.address} {one.device} {one.mac}" for one in seen],
        nothing="none",
    )
