"""Another way to heal an exercise than the derived one; `learn check` sees that it heals, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.faults.fault import Fault
from orchestrator.faults.injections import ConfigurationChanged
from orchestrator.faults.naming import inject
from orchestrator.lifecycle.failing import misconfigure
from orchestrator.training.exercise import filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.training.impact import Customers
    from orchestrator.training.session import Session
    from orchestrator.training.variant import Variant


def other_way(lab: Lab, variant: Variant) -> tuple[ConfigurationChanged, ...]:
    """What is typed on which node, as the exercise's file says; nothing where it names no other way.

    Raises:
        NoSuchTarget: the lab has no such node.
    """
    place = variant.place
    found: list[ConfigurationChanged] = []
    for intent in variant.exercise.intent.break_:
        for node, lines in intent.also.items() if filled(intent.cause, place) == variant.cause else ():
            typed = Fault(filled(node, place), lines=tuple(filled(line, place) for line in lines))
            made = inject(lab, typed)
            assert isinstance(made, ConfigurationChanged)  # noqa: S101 -- of such a fault
            found.append(made)
    return tuple(found)


def try_other_way(
    session: Session, variant: Variant, customers: Customers, way: Sequence[ConfigurationChanged]
) -> tuple[str, ...]:
    """Prepare the exercise once more, heal it so, then by its files; what is not as it should be.

    Raises:
        NotFit: it breaks nothing, or the lab is not healthy to begin with.
        NotDone: a node does not take what is typed.
    """
    session.begin(variant, customers)
    try:
        session.watcher.step("solving it the other way")
        for one in way:
            misconfigure(session.nodes, session.lab, one, ())
        healed = session.look(customers)
    finally:
        session.heal()
    session.settle()
    lost = [f"solved the other way, still lost: {line}" for line in customers.described(healed.lost)]
    same = [] if healed.lost or healed.drift else ["the other way is the one that is derived"]
    return (*lost, *same)
