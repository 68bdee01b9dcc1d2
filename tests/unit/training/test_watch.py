"""`learn watch`: its screen at 80x24 without colours, and its keys typed into a terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from orchestrator.commands.learn_watch import _brief, _heading
from orchestrator.commands.learner import Lesson
from orchestrator.training.catalogue import exercises
from orchestrator.training.screen import KEYS, Watched, screen
from tests.unit.live.window import window
from tests.unit.training.watching import LESSON, LOST

if TYPE_CHECKING:
    from pathlib import Path

CUSTOMERS = LESSON.customers
POINTS = "diagnosis 0/40 + healed 0/40 + economy 0/20 - hints 6 = 0"


def shown(watched: Watched, lesson: Lesson = LESSON, width: int = 80, height: int = 24) -> list[str]:
    out = Console(file=io.StringIO(), width=width, height=height, color_system=None)
    what = _heading(lesson), _brief(lesson), watched, lesson.customers, POINTS, width, height
    out.print(screen(*what))
    assert isinstance(out.file, io.StringIO)
    lines = [line.rstrip() for line in out.file.getvalue().splitlines()]
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)
    return lines


def test_what_is_lost_broken_and_healed_is_said_in_words() -> None:
    first = Watched().after(CUSTOMERS, LOST, "10:00:00")
    lines = shown(first)
    assert "lost, seen at 10:00:00" in lines
    assert any(line.startswith("  red: red1 - red2: ") for line in lines)
    assert lines[lines.index("what changed") + 1] == "  nothing yet"
    assert lines[-2:] == [POINTS, KEYS]

    red = frozenset(one for one in LOST if CUSTOMERS.flows[one].node == "red1")
    then = first.after(CUSTOMERS, red, "10:00:02").after(CUSTOMERS, LOST, "10:00:04")
    lines = shown(then)
    assert "lost, seen at 10:00:04" in lines
    newest, older = lines[lines.index("what changed") + 1 :][:2]
    assert newest.startswith("  10:00:04 broken blue: blue1 - blue2")
    assert older.startswith("  10:00:02 healed blue: blue1 - blue2")

    assert any(
        line.startswith("Nothing is lost any more: ")
        for line in shown(then.after(CUSTOMERS, frozenset(), ""))
    )
    assert "cannot be looked at: p1 does not answer" in shown(then.unseen("p1 does\nnot answer"))
    assert then.unseen("x").after(CUSTOMERS, LOST, "").trouble == ""


@pytest.mark.parametrize("exercise", exercises(), ids=lambda one: one.name)
def test_the_whole_brief_fits_while_something_is_lost(exercise: object) -> None:
    lesson = Lesson.of(exercise, 0)  # type: ignore[arg-type] # of pytest
    customers = lesson.customers
    lines = shown(Watched().after(customers, frozenset(customers.flows), "10:00:00"), lesson)
    assert " ".join(lesson.variant.brief.split())[-20:] in " ".join(" ".join(lines).split())
    assert "what changed" in lines


def test_nothing_is_wider_or_higher_than_a_tiny_terminal() -> None:
    assert shown(Watched().after(CUSTOMERS, LOST, "10:00:00"), width=30, height=9)[-1].startswith("h hint")


def test_keys(tmp_path: Path) -> None:
    with window(tmp_path, "tests.unit.training.watching", 24, 80) as made:
        made.wait("Nothing is lost any more: ")
        made.wait(KEYS)
        for key, typed, said in (
            ("h", [], "[hint ]"),
            ("s", [], "[shell of two-vpns]"),
            ("a", ["2 b"], "[answer 2 b]"),
            ("r", ["yes"], "[reset ]"),
            ("n", ["yes"], "[start build-igp]"),
        ):
            made.type(key)
            for line in typed:
                made.wait("yes/no: " if line == "yes" else "like 2 b: ")
                assert made.in_lines
                made.type(f"{line}\n")
            made.wait(said)
            made.wait("Enter goes on ")
            made.type("\n")
            made.wait("\x1b[?1049h")
            made.wait(KEYS)
        made.type("r")
        made.wait("yes/no: ")
        made.type("no\n")
        made.wait(KEYS)
        assert "[reset ]" not in made.said
        made.type("q")
        assert made.ended() == 0
        assert made.in_lines
