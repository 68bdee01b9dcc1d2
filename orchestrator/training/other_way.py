"""Another way to heal an exercise than the derived one; `learn check` sees that it heals, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.training.breaking import changes
from orchestrator.training.exercise import filled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.training.breaking import Change
    from orchestrator.training.exercise import WayIntent
    from orchestrator.training.impact import Customers
    from orchestrator.training.session import Session
    from orchestrator.training.variant import Variant


def other_way(lab: Lab, variant: Variant) -> tuple[Change, ...]:
    """What is done to which node, as the exercise's file says; nothing where it names no other way.

    Raises:
        NoSuchTarget: the lab has no such node or port.
    """
    return tuple(change for way in _named(variant) for change in changes(lab, way, variant.place))


def why_none(variant: Variant) -> str:
    """Why there is no other way, as the exercise's file says; "" where it says nothing of it."""
    return next((filled(way.none, variant.place) for way in _named(variant) if way.none), "")


def _named(variant: Variant) -> Iterator[WayIntent]:
    for intent in variant.exercise.intent.break_:
        if intent.also is not None and filled(intent.cause, variant.place) == variant.cause:
            yield intent.also


def try_other_way(
    session: Session,
    variant: Variant,
    customers: Customers,
    way: Sequence[Change],
    untouchable: Collection[str],
) -> tuple[str, ...]:
    """Prepare the exercise once more, heal it so, then by its files; what is not as it should be.

    Args:
        session: the lab, for this alone.
        variant: the exercise.
        customers: what they have when all is well.
        way: what is done.
        untouchable: the nodes that a learner is to leave alone.

    Raises:
        NotFit: it breaks nothing, or the lab is not healthy to begin with.
        NotDone: a node does not take what is typed.
    """
    session.begin(variant, customers)
    try:
        session.watcher.step("solving it the other way")
        session.do(way)
        healed = session.look(customers)
    finally:
        session.heal()
    session.settle()
    lost = [f"solved the other way, still lost: {line}" for line in customers.described(healed.lost)]
    same = [] if healed.lost or healed.drift else ["the other way is the one that is derived"]
    wrong = [
        f"the other way changes {node}, which is to be left alone"
        for node in sorted({node for one in way for node in one.needs_push} & set(untouchable))
    ]
    left = [f"solved the other way, left behind by the files: {line}" for line in session.drift()]
    return (*lost, *same, *wrong, *left)
