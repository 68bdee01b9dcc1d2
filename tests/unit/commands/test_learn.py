"""`learn` without a running lab: the list, the questions, and what is said of what makes no sense."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from orchestrator import commands
from orchestrator.cli import parser
from orchestrator.commands.learner import Lesson
from orchestrator.training.catalogue import exercise, lab_of
from orchestrator.training.progress import Active, Done, Progress, ProgressFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXERCISE = exercise("wrong-vrf")


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProgressFile:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return ProgressFile.below(tmp_path / "l3vpn")


@pytest.fixture
def learn(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Types `l3vpn learn …`; the exit code, and all that is printed."""

    def typed(*words: str) -> tuple[int, str]:
        code = commands.run(parser().parse_args(["learn", *words]))
        said = capsys.readouterr()
        return code, said.out + said.err

    return typed


@pytest.fixture
def lesson(file: ProgressFile) -> Lesson:
    """An exercise that somebody is at."""
    made = Lesson.of(EXERCISE, 5)
    lost = tuple(list(made.customers.flows)[:4])
    begun = "2026-01-01T00:00:00+00:00"
    active = Active(
        exercise=EXERCISE.name, lab=str(lab_of(EXERCISE)), seed=5, begun=begun, lost=lost, layer="kernel"
    )
    file.write(Progress(active=active))
    return made


def test_the_list_marks_what_is_next_and_what_is_done(
    file: ProgressFile, learn: Callable[..., tuple[int, str]]
) -> None:
    code, said = learn()
    assert code == 0
    assert re.search(r"^next +build-igp ", said, re.MULTILINE)
    assert len(re.findall(r"^next ", said, re.MULTILINE)) == 1
    assert said.endswith("learn start build-igp\n")
    done = Done(score=64, seed=0, at="2026-01-01T00:00:00+00:00", minutes=3.0)
    file.write(Progress().with_result("build-igp", done))
    _, said = learn("list")
    assert re.search(r"^done +build-igp .* 64 *$", said, re.MULTILINE)
    assert re.search(r"^next +build-ldp ", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check"], "no exercise is on: `l3vpn learn` lists them, `l3vpn learn start NAME` begins one"),
        (["start"], "say `l3vpn learn start NAME`"),
        (["check", "leek"], "there is no exercise 'leek'; did you mean 'leak'?"),
        (["start", "leek"], "there is no exercise 'leek'; did you mean 'leak'?"),
        (["hint", "2"], "say `l3vpn learn hint`"),
        (["check", "--seed", "2"], "--seed is of `learn start NAME` and `learn check NAME`"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(
    learn: Callable[..., tuple[int, str]], words: list[str], said: str
) -> None:
    assert learn(*words) == (2, f"l3vpn: {said}\n")


@pytest.mark.usefixtures("lesson")
def test_exercises_are_not_tried_on_the_lab_that_one_learns_on(learn: Callable[..., tuple[int, str]]) -> None:
    said = "l3vpn: exercise 'wrong-vrf' is on: `l3vpn learn stop` first\n"
    assert learn("check", "leak") == learn("check", "two-vpns", "--seed", "2") == (2, said)


def test_an_exercise_that_was_interrupted_is_not_graded(
    file: ProgressFile, lesson: Lesson, learn: Callable[..., tuple[int, str]]
) -> None:
    active = file.read().active
    assert active is not None
    file.write(Progress(active=active.model_copy(update={"lost": ()})))
    code, said = learn("check")
    assert (code, said) == (
        2,
        f"l3vpn: exercise '{lesson.exercise.name}' was interrupted: `l3vpn learn reset` prepares it\n",
    )


def test_questions_are_asked_until_they_are_answered(
    file: ProgressFile, lesson: Lesson, learn: Callable[..., tuple[int, str]]
) -> None:
    active = file.read().active
    assert active is not None
    asked = lesson.questions(active)
    for number, one in enumerate(asked, 1):
        assert f"{number}. {one.text}" in learn("answer")[1]
        wrong = next(letter for letter in "abcd" if letter != one.letter)
        assert learn("answer", str(number), wrong) == (1, f"No.\ndiagnosis {5 * (number - 1)}/40\n")
        assert f"{wrong}) {one.choices['abcd'.index(wrong)]} (tried)" in learn("answer")[1]
        assert learn("answer", str(number), one.letter) == (0, f"Right.\ndiagnosis {5 * number}/40\n")
        assert learn("answer", str(number), one.letter)[1].endswith(f"{number} is answered already\n")
    assert learn("answer") == (0, "No question is open.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["9", "a"], "there is no question '9': give a number within 1..4"),
        (["0", "a"], "there is no question '0': give a number within 1..4"),
        (["x", "a"], "there is no question 'x': give a number within 1..4"),
        (["1"], "question 1 is answered by a letter: one of a, b, c, d"),
        (["1", "e"], "question 1 is answered by a letter: one of a, b, c, d"),
        (["1", "ab"], "question 1 is answered by a letter: one of a, b, c, d"),
    ],
)
@pytest.mark.usefixtures("lesson")
def test_an_answer_is_a_number_and_a_letter(
    learn: Callable[..., tuple[int, str]], words: list[str], said: str
) -> None:
    assert learn("answer", *words) == (2, f"l3vpn: {said}\n")


@pytest.mark.usefixtures("lesson")
def test_the_brief_is_said_again(learn: Callable[..., tuple[int, str]]) -> None:
    code, said = learn("brief")
    assert code == 0
    assert "is dead since its access port" in " ".join(said.split())
    assert "40 points are for what customers have again" in " ".join(said.split())
    assert "Look at: " not in said


def test_what_is_to_be_built_says_what_to_look_at_and_has_no_questions(
    file: ProgressFile, learn: Callable[..., tuple[int, str]]
) -> None:
    one = exercise("build-igp")
    active = Active(exercise=one.name, lab=str(lab_of(one)), seed=0, begun="2026-01-01T00:00:00+00:00")
    file.write(Progress(active=active.model_copy(update={"lost": ("x",)})))
    said = learn("brief")[1]
    assert "Look at: show ip ospf neighbor" in said
    assert "80 points are for what customers have again" in " ".join(said.split())
    assert learn("answer") == (0, "No question is open.\n")
    assert learn("answer", "2", "b") == (2, "l3vpn: this exercise has no questions\n")


@pytest.mark.usefixtures("lesson")
def test_an_exercise_that_is_gone_can_be_stopped(
    file: ProgressFile, learn: Callable[..., tuple[int, str]]
) -> None:
    active = file.read().active
    assert active is not None
    file.write(Progress(active=active.model_copy(update={"exercise": "gone"})))
    code, said = learn("stop")
    assert code == 0
    assert said.startswith("gone is forgotten, and its lab left as it is: there is no exercise 'gone'; ")
    assert file.read().active is None
