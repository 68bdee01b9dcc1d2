"""Another way to heal an exercise: what its file says of it, and what `learn check` says if it is none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from orchestrator.training import other_way as module
from orchestrator.training.catalogue import exercises, lab_of
from orchestrator.training.other_way import other_way, try_other_way
from orchestrator.training.variant import variants
from tests.unit.training.handed_in import lesson
from tests.unit.training.test_exercises import lab_of as loaded
from tests.unit.training.test_trial import BROKEN, LOST, WELL, SilentWatcher

if TYPE_CHECKING:
    from orchestrator.training.exercise import Exercise
    from orchestrator.training.session import Seen

NAMED = [one for one in exercises() if any(intent.also for intent in one.intent.break_)]
LESSON = lesson("import-target", 0)
WAY = other_way(LESSON.lab, LESSON.variant)


@dataclass
class FakeSession:
    """A lab that is seen so once something was typed."""

    healed: Seen
    watcher: SilentWatcher = field(default_factory=SilentWatcher)
    nodes: object = None
    lab: object = None
    done: list[str] = field(default_factory=list)

    def begin(self, *_: object) -> Seen:
        self.done.append("begin")
        return BROKEN

    def look(self, *_: object) -> Seen:
        return self.healed

    def heal(self) -> None:
        self.done.append("heal")

    def settle(self) -> None:
        assert self.done[-1] == "heal"


@pytest.mark.parametrize("one", NAMED, ids=lambda one: one.name)
def test_each_variant_names_nodes_that_there_are(one: Exercise) -> None:
    for variant in variants(loaded(one), one):
        way = other_way(loaded(one), variant)
        assert way
        assert lab_of(one).name == one.lab
        for change in way:
            assert change.lines
            assert not any("{" in line or not line.strip() for line in change.lines)


def test_some_exercises_name_one() -> None:
    assert {one.name for one in NAMED} >= {"import-target", "prefix-missing", "build-static"}
    assert other_way(lesson("leak", 0).lab, lesson("leak", 0).variant) == ()


@pytest.mark.parametrize(
    ("healed", "said"),
    [
        (replace(WELL, drift=("pe1 has a line",)), ()),
        (WELL, ("the other way is the one that is derived",)),
        (replace(WELL, lost=LOST, drift=("pe1 has a line",)), ("solved the other way, still lost: ",)),
    ],
)
def test_what_is_tried(healed: Seen, said: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    session = FakeSession(healed)
    monkeypatch.setattr(module, "misconfigure", lambda *given: session.done.append(given[2].node))
    trouble = try_other_way(cast("Any", session), LESSON.variant, LESSON.customers, WAY)
    assert session.done == ["begin", *(one.node for one in WAY), "heal"]
    assert len(trouble) == len(said)
    assert all(line.startswith(start) for line, start in zip(trouble, said, strict=True))
