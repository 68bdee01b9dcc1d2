"""The costs of core links, where `vpn.yml` gives any: each port counts as much as it should."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.igp.ids import interfaces_id
from orchestrator.model.memory import remembered
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, OnPort
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command


@dataclass(frozen=True, slots=True)
class Costs:
    """How an IGP shows what its ports cost.

    Attributes:
        title: of the IGP.
        show: what shows those of all ports.
        at: the costs of a port among the facts of that; none where the IGP does not run there.
        waiting: of a port that waits for LDP's labels (RFC 5443).
        hint: what shows it of the port whose name follows.
    """

    title: str
    show: Command[object]
    at: Callable[[Facts, Interface], Sequence[int | None]]
    waiting: int
    hint: str

    def checks(self, lab: EffectiveLab, nodes: Iterable[str]) -> Iterator[Check]:
        """The checks of the ports of these nodes that have a cost."""
        for node in nodes:
            for own, far in lab.core_links_of(node):
                if own.cost is not None:
                    yield self._check(lab, own, far)

    def _check(self, lab: EffectiveLab, own: Interface, far: Interface) -> Check:
        sync = lab.lab.provider_of(own.node).ldp_sync
        return Check(
            cost_id(own),
            f"{self.title} counts {own.cost} for {own.name} towards {far.node}",
            partial(judge_cost, own=own, at=self.at, waiting=self.waiting if sync else None),
            (Query(own.node, self.show),),
            after=(interfaces_id(own.node),),
            why=f"Each end counts its own cost ({far.node} {far.cost}): another one takes packets to other "
            "ways, and where the two ends differ more than they should, answers to others than questions.",
            hint=hint_command(lab.lab, own.node, f"{self.hint} {own.name}"),
        )


def cost_id(own: Interface) -> CheckId:
    """The check of what a core port costs."""
    return CheckId(Layer.IGP, "cost", own.node, (OnPort(own.name),))


def cost_ids(lab: EffectiveLab, node: str) -> tuple[CheckId, ...]:
    """The checks of all costs in the core of a node: one that is wrong may move any path.

    None where `vpn.yml` gives no costs.
    """
    return _cost_ids(lab, lab.lab.provider_of(node).name)


@remembered
def _cost_ids(lab: EffectiveLab, provider: str) -> tuple[CheckId, ...]:
    (nodes,) = (one.nodes for one in lab.lab.providers if one.name == provider)
    return tuple(cost_id(own) for node in nodes for own, _ in lab.core_links_of(node) if own.cost is not None)


def judge_cost(
    facts: Facts,
    *,
    own: Interface,
    at: Callable[[Facts, Interface], Sequence[int | None]],
    waiting: int | None,
) -> Judgement:
    """The port costs what it should, or waits: why it does is for the label protocol's layer to say."""
    seen = at(facts, own)
    waits = waiting is not None and list(seen) == [waiting]
    said = listed((f"cost {one}" for one in seen), "the IGP does not run there")
    return Judgement(
        waits or list(seen) == [own.cost],
        f"cost {own.cost}",
        f"{said} while it waits for labels" if waits else said,
    )
