"""Another way to heal an exercise: what its file says of it, and what `learn check` says if it is none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from orchestrator.faults.injections import ConfigurationChanged
from orchestrator.training.catalogue import exercises
from orchestrator.training.designs import untouchable
from orchestrator.training.exercise import filled
from orchestrator.training.other_way import other_way, try_other_way, why_none
from orchestrator.training.variant import variants
from tests.unit.training.handed_in import lesson
from tests.unit.training.test_exercises import lab_of as loaded
from tests.unit.training.test_trial import BROKEN, LOST, WELL, SilentWatcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.training.breaking import Change
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.session import Seen

BROKEN_ONES = [one for one in exercises() if one.intent.kind in {"build", "ticket", "mismatch"}]
LESSON = lesson("import-target", 0)
WAY = other_way(LESSON.lab, LESSON.variant)
DIFFERS = replace(WELL, drift=("pe1 has a line",))


@dataclass
class FakeSession:
    """A lab that is seen so once something was typed."""

    healed: Seen
    watcher: SilentWatcher = field(default_factory=SilentWatcher)
    nodes: object = None
    lab: object = None
    left: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list)

    def begin(self, *_: object) -> Seen:
        self.done.append("begin")
        return BROKEN

    def do(self, way: Sequence[Change]) -> None:
        self.done += [node for one in way for node in one.needs_push]

    def look(self, *_: object) -> Seen:
        return self.healed

    def drift(self) -> tuple[str, ...]:
        return self.left

    def heal(self) -> None:
        self.done.append("heal")

    def settle(self) -> None:
        assert self.done[-1] == "heal"


@pytest.mark.parametrize("one", BROKEN_ONES, ids=lambda one: one.name)
def test_each_alternative_has_another_way_or_says_why_it_has_none(one: Exercise) -> None:
    """A way that is right leaves alone what the brief says is to be left alone."""
    lab = loaded(one)
    assert all(intent.also is not None for intent in one.intent.break_)
    for variant in variants(lab, one):
        (intent,) = (it for it in one.intent.break_ if filled(it.cause, variant.place) == variant.cause)
        way = other_way(lab, variant)
        assert intent.also is not None
        assert bool(way) == (intent.also.none is None)
        assert bool(why_none(variant)) != bool(way)
        assert "{" not in why_none(variant)
        assert not {node for change in way for node in change.needs_push} & set(untouchable(lab, one))
        for change in way:
            if isinstance(change, ConfigurationChanged):
                assert change.lines
                assert not any("{" in line or not line.strip() for line in change.lines)


@pytest.mark.parametrize(
    ("healed", "left", "said"),
    [
        (DIFFERS, (), ()),
        (WELL, (), ("the other way is the one that is derived",)),
        (replace(DIFFERS, lost=LOST), (), ("solved the other way, still lost: ",)),
        (DIFFERS, ("pe1 has a line",), ("solved the other way, left behind by the files: pe1 has a line",)),
    ],
)
def test_what_is_tried(healed: Seen, left: tuple[str, ...], said: tuple[str, ...]) -> None:
    session = FakeSession(healed, left=left)
    trouble = try_other_way(cast("Any", session), LESSON.variant, LESSON.customers, WAY, ())
    assert session.done == ["begin", *LESSON.variant.nodes, "heal"]
    assert len(trouble) == len(said)
    assert all(line.startswith(start) for line, start in zip(trouble, said, strict=True))


def test_a_way_that_touches_what_is_to_be_left_alone_is_none() -> None:
    (node,) = LESSON.variant.nodes
    session: Any = FakeSession(DIFFERS)
    trouble = try_other_way(session, LESSON.variant, LESSON.customers, WAY, (node, "red1"))
    assert trouble == (f"the other way changes {node}, which is to be left alone",)
