"""`learn grade`: points, and what does not fit together; hand-ins are made of a recording."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator import commands
from orchestrator.cli import parser
from orchestrator.training import judging, prediction
from orchestrator.training.course import Rubric
from orchestrator.training.grading import grade_prediction
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.verification import verify
from tests.unit.training.handed_in import Learner, at, lesson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle, Seen
    from orchestrator.training.grading import Graded
    from orchestrator.training.journal import Event
    from orchestrator.verification.report.result import Report

COURSE = "title: Day\nexercises: [import-target]\n"


@pytest.fixture
def grade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Grades what learners hand in; the exit code, and all that is printed."""

    def graded(*learners: Learner, words: Sequence[str] = ()) -> tuple[int, str]:
        files = [str(one.hands_in(tmp_path)) for one in learners]
        code = commands.run(parser().parse_args(["learn", "grade", *files, *words]))
        said = capsys.readouterr()
        return code, said.out + said.err

    return graded


def points(said: str, name: str = "Alice") -> int:
    (row,) = re.findall(rf"^{name} +\d+ +(\d+) +\d+ ", said, re.MULTILINE)
    return int(row)


def remarks(said: str, name: str = "Alice") -> list[str]:
    return [line.removeprefix(f"{name}: ") for line in said.splitlines() if line.startswith(f"{name}: ")]


event = Learner().event


def test_who_answers_right_and_heals_has_all_points_and_no_remark(
    grade: Callable[..., tuple[int, str]],
) -> None:
    code, said = grade(Learner())
    assert (code, points(said), remarks(said)) == (0, 100, [])


WRONG = [(one + 1) % 4 for one in Learner().right()]


@pytest.mark.parametrize(
    ("learner", "worth"),
    [
        (Learner(choices=WRONG), 60),
        (Learner(choices=()), 60),
        (Learner(events=[event(2, "hint", 1), event(2, "hint", 2)]), 97),
        (Learner(events=[event(12, "hint", 1)]), 99),
        (Learner(events=[event(2, "solve")]), 0),
        (Learner(events=[event(8, "solve")]), 40),
        (Learner(edit=lambda looks: looks[:1]), 40),
        (Learner(edit=lambda looks: looks[1:]), 0),
        (Learner(edit=lambda looks: (looks[0], replace(looks[0], title="check 1", at=at(10)))), 40),
        (Learner(course=Learner().course.model_copy(update={"minutes": 9})), 40),
        (Learner(course=Learner().course.model_copy(update={"minutes": 11})), 100),
    ],
)
def test_what_is_worth_how_much(grade: Callable[..., tuple[int, str]], learner: Learner, worth: int) -> None:
    _, said = grade(learner)
    assert points(said) == worth, said


def drifting(node: str) -> Callable[[Sequence[Seen]], Sequence[Seen]]:
    """At the check, a node has a line of configuration that nobody wants."""

    def edit(looks: Sequence[Seen]) -> Sequence[Seen]:
        begun, healed = looks
        said = dict(healed.answers[node])
        one = said["show running-config"]
        assert isinstance(one, Transcript)
        said["show running-config"] = replace(
            one,
            output=one.output.replace("\nrouter bgp", "\nip route 10.77.0.0/16 blackhole\n!\nrouter bgp", 1),
        )
        return begun, replace(healed, answers={**healed.answers, node: said}, report="")

    return edit


def test_what_was_changed_beside_it_costs_economy(grade: Callable[..., tuple[int, str]]) -> None:
    (other,) = {"pe1", "pe2"} - lesson("import-target", 1).variant.nodes
    assert points(grade(Learner(edit=drifting(other)))[1]) == 93
    assert points(grade(Learner(edit=drifting("red1")))[1]) == 80, "a CE is to be left alone"


def test_a_rubric_that_has_changed_grades_anew(grade: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    course = tmp_path / "day.yml"
    course.write_text(
        COURSE + "rubric: {diagnosis: 10, healed: 80, economy: 10, hints: [5, 5, 5, 5, 5, 5]}\n"
    )
    learner = Learner(choices=WRONG, events=[event(2, "hint", 1)])
    assert points(grade(learner)[1]) == 59
    assert points(grade(learner, words=["--course", str(course)])[1]) == 85
    course.write_text(COURSE + "rubric: {diagnosis: 0, healed: 100, economy: 0}\n")
    assert points(grade(learner, words=["--course", str(course)])[1]) == 99


def older(looks: Sequence[Seen]) -> Sequence[Seen]:
    """At the check, a session has lasted for hours."""
    begun, healed = looks
    said = dict(healed.answers["pe1"])
    name = "show bgp vrf all summary"
    one = said[name]
    assert isinstance(one, Transcript)
    said[name] = replace(one, output=re.sub(r"(10\.1\.0\.2 .*)\d\d:\d\d:\d\d", r"\g<1>02:00:00", one.output))
    return begun, replace(healed, answers={**healed.answers, "pe1": said})


def aged(looks: Sequence[Seen]) -> Sequence[Seen]:
    """At both looks, a session has lasted for hours."""
    begun, healed = looks
    _, healed = older(looks)
    return replace(begun, answers={**begun.answers, "pe1": healed.answers["pe1"]}), healed


def arriving(looks: Sequence[Seen]) -> Sequence[Seen]:
    """At the check nothing was healed, and pe1 has no route with a label; but each packet arrives."""
    begun, healed = looks
    said = dict(begun.answers["pe1"])
    one = said["ip route show table all"]
    assert isinstance(one, Transcript)
    lines = [line for line in one.output.splitlines(keepends=True) if "encap mpls" not in line]
    said["ip route show table all"] = replace(one, output="".join(lines))
    answers = {**begun.answers, "pe1": said}
    return begun, replace(begun, title="check 1", at=healed.at, flights=healed.flights, answers=answers)


def otherwise(looks: Sequence[Seen]) -> Sequence[Seen]:
    """At the check all packets arrive, though it is not set as the lab's files want it: another way."""
    begun, healed = looks
    return begun, replace(begun, title="check 1", at=healed.at, flights=healed.flights)


def edited(looks: Sequence[Seen]) -> Sequence[Seen]:
    """At the check everything is well, but for what `verify` had said."""
    begun, healed = looks
    return begun, replace(healed, report=healed.report.replace('"verdict": "PASS"', '"verdict": "FAIL"', 1))


@pytest.mark.parametrize(
    ("learner", "says"),
    [
        (Learner(edit=older),
         r"pe1: BGP in red with 10.1.0.2 is 02:00:00 old at 'check 1' of 09:10:00; 00:09:30 before"),
        (Learner(lab_journal=(f"{at(0.1)} up two-vpns",), edit=aged),
         r"old at 'begin' of 09:00:30, and the lab was brought up at 09:00:06"),
        (Learner(edit=arriving),
         r"at 'check 1' all packets arrive, and by the nodes' tables those from \w+ to \S+ are dropped"),
        (Learner(edit=edited), r"at 'check 1' \S+ was FAIL, and is PASS by what is handed in$"),
        (Learner(edit=lambda looks: (replace(looks[1], title="begin", at=at(0.5)), looks[1])),
         r"as it began, nothing differed from the lab's files, and its seed breaks pe\d"),
        (Learner(edit=lambda looks: (looks[0], replace(looks[1], at=at(30)))),
         r"its look 'check 1' is of 2026-03-02T09:30:00\+00:00, when the journal has none"),
        (Learner(edit=lambda looks: (*looks, replace(looks[1], title="check 2"))),
         r"2 looks at its lab, and the journal has 1 checks"),
        (Learner(lab_journal=(f"{at(-1)} up two-vpns", f"{at(3)} push two-vpns")),
         r"its lab's journal: 'push two-vpns' at 09:03:00, while it was on"),
        (Learner(lab_journal=(f"{at(-1)} up two-vpns", f"{at(3)} learn solve")),
         r"its lab's journal: 'learn solve' at 09:03:00, and the learner's journal has none"),
        (Learner(events=[replace(Learner(), seed=2).event(20, "start")]),
         r"began exercises with seed 2, and was given 1"),
        (Learner(events=[event(-0.5, "hint", 1)]),
         r"journal: 'hint import-target 1' at \S+ comes before any start"),
        (Learner(course=Learner().course.model_copy(update={"mode": "exam", "minutes": 60}),
                 events=[event(2, "hint", 1)]), r"journal: 'hint import-target 1' at \S+, in an exam"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_one_remark(
    grade: Callable[..., tuple[int, str]], learner: Learner, says: str
) -> None:
    _, said = grade(learner)
    found = remarks(said)
    assert len(found) == 1, said
    assert re.search(says, found[0]), found


def test_another_way_to_heal_is_no_contradiction(grade: Callable[..., tuple[int, str]]) -> None:
    _, said = grade(Learner(edit=otherwise))
    assert (points(said), remarks(said)) == (100, [])


def test_seeds_and_names_are_those_that_were_given(
    grade: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    given = tmp_path / "class.csv"
    given.write_text("name,seed\nAlice,2\n")
    _, said = grade(Learner(), Learner(name="Eve"), words=["--class", str(given)])
    own = remarks(said)
    assert "was given seed 2 and hands in seed 1" in own
    assert "began exercises with seed 1, and was given 2" in own
    assert "'Eve' is none of the class" in remarks(said, "Eve")


def test_what_learners_have_in_common(grade: Callable[..., tuple[int, str]]) -> None:
    """Alice has what is right for Bob; their looks, which are one recording here, are the very same."""
    bob = Learner(name="Bob", seed=2)
    _, said = grade(Learner(choices=bob.right()), bob)
    letters = " ".join("abcd"[one] for one in bob.right())
    own = remarks(said)
    assert f"import-target: answers {letters} are wrong here, and right in bob.hand" in own
    assert any("said the very same, counters and all, as in bob.hand" in one for one in own)
    assert not any("answers" in one for one in remarks(said, "Bob"))


def test_of_two_files_of_one_learner_each_says_so(
    grade: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    Learner().hands_in(tmp_path).rename(tmp_path / "first.hand")
    _, said = grade(Learner(), words=[str(tmp_path / "first.hand")])
    assert sum("'Alice' handed in " in one for one in remarks(said)) == 2


def test_of_a_prediction_the_last_answers_count_until_it_happens() -> None:
    there = lesson("predict-failure", 4)
    asked = prediction.asked(there.variant, there.begun, there.customers)
    made = replace(Learner(), exercise="predict-failure", seed=4).event
    right = [one.question.right for one in asked]
    wrong = [(one + 1) % len(it.question.choices) for one, it in zip(right, asked, strict=True)]

    def graded(*further: Event) -> Graded:
        return grade_prediction("predict-failure", [made(0, "start"), *further], asked, Rubric())

    first = [made(1, "answer", number, choice) for number, choice in enumerate(wrong, 1)]
    then = [made(2, "answer", number, choice) for number, choice in enumerate(right, 1)]
    assert graded(*first, made(3, "check", 1)).points == 0
    assert graded(*first, *then, made(3, "check", 1)).points == 100
    assert graded(*first, made(1.5, "check", 1), *then, made(3, "check", 2)).points == 0, "it had been told"
    done = graded(*then, made(2, "hint", 1), made(3, "check", 1))
    assert (done.points, done.state, done.minutes, done.answers) == (99, "predicted", 3.0, done.key)
    assert graded(made(1, "solve"), *then, made(3, "check", 1)).points == 0


def test_the_table_for_a_spreadsheet(grade: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    file = tmp_path / "class-results.csv"
    grade(Learner(name="=1+1"), words=["--csv", str(file)])
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [one["exercise"] for one in rows] == ["import-target", "total"]
    assert rows[0]["learner"] == "'=1+1", "a spreadsheet would compute it"
    assert (rows[0]["points"], rows[0]["state"], rows[0]["minutes"]) == ("100", "healed", "10.0")
    assert {rows[0][one] for one in ("kernel", "ldp", "data")} == {"holds"}
    assert rows[1]["points"] == "100"


def test_the_page_needs_nothing_else_and_takes_no_name_for_markup(
    grade: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    file = tmp_path / "class.html"
    lost = Learner(
        name="<b>Eve", edit=lambda looks: (looks[0], replace(looks[0], title="check 1", at=at(10)))
    )
    grade(Learner(), lost, words=["--html", str(file)])
    page = file.read_text("utf-8")
    assert "default-src 'none'" in page
    assert not re.search(r"https?:|src=|url\(|<script", page)
    assert "<b>Eve" not in page
    assert "&lt;b&gt;Eve" in page
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors == set(re.findall(r'id="([^"]+)"', page)) & anchors
    assert page.count('<span class="fails">✗</span>') >= 2


def test_what_is_no_hand_in_is_one_line_and_the_others_are_graded(
    grade: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    good = Learner(name="Bob").hands_in(tmp_path).read_bytes()
    strange = {"cut": good[: len(good) // 2], "text": b"hello", "empty": b"", "odd": good + b"x"}
    for name, data in strange.items():
        (tmp_path / name).write_bytes(data)
    files = [str(tmp_path / name) for name in (*strange, "none")]
    code, said = grade(Learner(), words=files)
    assert code == 1
    complaints = [line for line in said.splitlines() if line.startswith("l3vpn: ")]
    assert [line.split(": ")[1] for line in complaints] == files
    assert "1 of 6 graded" in said


def test_looks_that_are_of_another_lab_are_none(grade: Callable[..., tuple[int, str]]) -> None:
    class Stranger(Learner):
        def looks(self) -> Bundle:
            return replace(super().looks(), lab="ospf")

    _, said = grade(Stranger())
    assert points(said) == 0
    assert (
        remarks(said)[0]
        == "import-target: the looks at its lab are of lab ospf, and the exercise is on two-vpns"
    )


def test_a_lab_whose_files_are_others_is_judged_by_those_here(grade: Callable[..., tuple[int, str]]) -> None:
    class Easier(Learner):
        def looks(self) -> Bundle:
            found = super().looks()
            intent = found.files["vpn.yml"].replace("provider:", "# mine\nprovider:", 1)
            return replace(found, files={**found.files, "vpn.yml": intent})

    _, said = grade(Easier())
    assert points(said) == 100
    assert remarks(said) == ["import-target: its lab's files are not those that are here: vpn.yml"]


def test_packets_that_are_not_in_the_file_did_not_arrive(grade: Callable[..., tuple[int, str]]) -> None:
    def without(looks: Sequence[Seen]) -> Sequence[Seen]:
        return looks[0], replace(looks[1], flights={}, report="")

    _, said = grade(Learner(edit=without))
    assert points(said) == 40


def test_however_often_a_learner_looked_little_is_verified(
    grade: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What began, what counts, what was last: each other look is judged by its packets and configuration."""
    verified: list[object] = []

    def counted(*given: Any, **named: Any) -> Report:  # noqa: ANN401 -- whatever it is called with
        verified.append(given)
        return verify(*given, **named)

    def many(looks: Sequence[Seen]) -> Sequence[Seen]:
        begun, healed = looks
        broken = [replace(begun, title=f"check {number}", at=at(number)) for number in range(1, 10)]
        return begun, *broken, replace(healed, title="check 10")

    monkeypatch.setattr(judging, "verify", counted)
    checks = [event(number, "check", number) for number in range(1, 10)]
    code, said = grade(Learner(edit=many, events=checks))
    assert (code, points(said), remarks(said)) == (0, 100, [])
    assert len(verified) <= 3
