"""An exercise tried on a running lab, to see that it is what it claims: what CI does with each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.training import hints, score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from orchestrator.training.diagnosis import Question
    from orchestrator.training.impact import Customers
    from orchestrator.training.session import Seen, Session
    from orchestrator.training.variant import Variant

    Ask = Callable[[Seen], Sequence[Question]]


def trial(session: Session, variant: Variant, customers: Customers, ask: Ask) -> tuple[Seen, tuple[str, ...]]:
    """Prepare it, look at it as a learner does, and heal it by the derived solution.

    Args:
        session: the lab, for this alone.
        variant: the exercise.
        customers: what they have when all is well.
        ask: the questions, by what was seen when it was broken.

    Returns:
        What was seen when it was broken, and what is not as it should be, a line each.

    Raises:
        NotFit: it breaks nothing, or the lab is not healthy to begin with.
        NotDone: a node did not take it.
    """
    begun = session.begin(variant, customers)
    try:
        session.watcher.step("looking at it as a learner")
        now = session.look(customers, begun.drift)
    finally:
        session.watcher.step("solving it")
        session.heal()
    session.settle()
    healed = session.look(customers)
    trouble = (
        *_unsolved(begun, now, customers),
        *_hints(variant, now, customers),
        *(_answers(ask(begun)) if begun.layer else ()),  # without a layer there is no right answer
        *_solved(healed, customers),
    )
    return begun, trouble


def _unsolved(begun: Seen, now: Seen, customers: Customers) -> Iterator[str]:
    """Unsolved it stays as it was recorded when it began, and is worth nothing."""
    for what, lines in (
        ("heals by itself", customers.described(begun.lost - now.lost)),
        ("is lost only later", customers.described(now.lost - begun.lost)),
        ("is changed only later", sorted(set(now.drift) ^ set(begun.drift))),
    ):
        yield from (f"{what}: {line}" for line in lines)
    if now.layer != begun.layer:
        yield f"the lowest broken layer is {begun.layer or 'none'} first and {now.layer or 'none'} later"
    if not begun.layer:
        yield "customers lose something, and no check fails"


def _hints(variant: Variant, now: Seen, customers: Customers) -> Iterator[str]:
    """Each level gives text, and the last one names a router where something is wrong."""
    given: tuple[str, ...] = ()
    for level, name in enumerate(hints.NAMES, 1):
        given = hints.hint(level, now.report.findings, customers.described(now.lost), now.drift)
        if not given:
            yield f"hint {level}, {name}, gives nothing"
    if not any(line.split(" ", 1)[0] in variant.nodes for line in given):
        yield f"the last hint names none of {', '.join(sorted(variant.nodes))}: {given[:1]}"


def _answers(asked: Sequence[Question]) -> Iterator[str]:
    """Right answers give all points, and each wrong one costs some."""
    right = {number: (one.right,) for number, one in enumerate(asked)}
    if asked and score.diagnosed(asked, right) != score.DIAGNOSIS:
        yield f"right answers give {score.diagnosed(asked, right)} points"
    for number, one in enumerate(asked):
        wrong = (one.right + 1) % len(one.choices)
        if score.diagnosed(asked, right | {number: (wrong, one.right)}) >= score.DIAGNOSIS:
            yield f"a wrong answer costs nothing: {one.text}"


def _solved(healed: Seen, customers: Customers) -> Iterator[str]:
    """The solution heals everything, and nothing is left of the exercise."""
    yield from (f"solved, still lost: {line}" for line in customers.described(healed.lost))
    wrong = hints.failing(healed.report.findings)
    yield from (f"solved, fails: {one.check.id}: {one.observed}" for one in wrong)
    yield from (f"solved, left behind: {line}" for line in healed.drift)
