"""Courses and classes: their files, with what may be wrong in them; packed, joined, noted and handed in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, cast

import pytest

from orchestrator import commands
from orchestrator.cli import parser
from orchestrator.commands.learner import Lesson
from orchestrator.evidence.archive import BadBundle, pack
from orchestrator.evidence.replay import Replay
from orchestrator.evidence.sign import read_signer
from orchestrator.lifecycle.store import Placement, Store
from orchestrator.training.attendance import Attendance, look_at
from orchestrator.training.catalogue import exercise, exercise_files
from orchestrator.training.class_list import Pupil, file_names, with_seeds
from orchestrator.training.course import load_given
from orchestrator.training.hand_in import read_hand_in
from orchestrator.training.journal import Event, events, from_text, to_text
from orchestrator.training.progress import Active, Done, Progress, ProgressFile
from orchestrator.training.session import Seen, Session
from orchestrator.verification.verification import verify
from tests.recorded.recording import RecordingKey
from tests.unit.evidence.test_sign import pair
from tests.unit.training.handed_in import Learner, well

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COURSE = "title: Day\nexercises: [import-target, leak]\n"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "day.yml").write_text(COURSE)
    (tmp_path / "names.csv").write_text("name\nAlice Example\nBob\n")
    return tmp_path / "state" / "l3vpn"


@pytest.fixture
def learn(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Types `l3vpn learn …`; the exit code, and all that is printed."""

    def typed(*words: str) -> tuple[int, str]:
        code = commands.run(parser().parse_args(["learn", *words]))
        said = capsys.readouterr()
        return code, said.out + said.err

    return typed


PACK = ("pack", "day.yml", "--class", "names.csv", "-o", "out")


def test_each_learner_gets_a_file_and_keeps_his_seed(
    learn: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    assert learn(*PACK)[0] == 0
    out = tmp_path / "out"
    assert sorted(one.name for one in out.iterdir()) == ["alice-example.yml", "bob.yml", "class.csv"]
    given = load_given(out / "bob.yml", exercise_files())
    assert given.learner == "Bob"
    assert given.course.exercises == ["import-target", "leak"]
    (tmp_path / "names.csv").write_text("name\nBob\nCarol\nAlice Example\n")
    assert learn(*PACK)[0] == 0
    assert load_given(out / "bob.yml", exercise_files()).seed == given.seed
    assert (out / "class.csv").read_text().splitlines()[1] == f"Bob,{given.seed},bob.yml"
    assert (out / "bob.yml").stat().st_mode & 0o077 == 0
    (tmp_path / "names.csv").write_text("name\nCarol\n")
    code, said = learn(*PACK)
    assert (code, said.count("\n")) == (2, 1)
    assert "Alice Example, Bob: had a seed in out/class.csv" in said


def test_a_course_may_have_every_exercise(learn: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "day.yml").write_text(f"title: All\nexercises: [{', '.join(exercise_files())}]\n")
    assert learn(*PACK)[0] == 0


def test_seeds_differ_and_files_too() -> None:
    pupils = with_seeds([Pupil(f"P {n}") for n in range(200)], [])
    assert len({one.seed for one in pupils}) == 200
    names = file_names([Pupil("a/../b"), Pupil("A B"), Pupil("?"), Pupil("é" * 80)])
    assert list(names.values()) == ["a-b.yml", "a-b-2.yml", "learner.yml", f"{'é' * 40}.yml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: Day\nexercises: [leek]\n", "day.yml:2: there is no exercise 'leek'; did you mean 'leak'?"),
        ("title: Day\nexercises: [leak, leak]\n", "day.yml:2: exercise 'leak' is there twice; name it once"),
        ("exercises: [leak]\n", "day.yml:1: the file has no 'title'; add title: what the course is called"),
        (f"{COURSE}mode: exam\n", "day.yml:3: an exam has no end; say how many minutes it lasts"),
        (f"{COURSE}mode: test\n", "day.yml:3: 'mode': unknown mode 'test'; known: training, exam"),
        (f"{COURSE}rubric: {{hints: [1]}}\n", "day.yml:3: "),
        (f"{COURSE}rubric: {{healed: 101}}\n", "day.yml:3: "),
        (f"{COURSE}rubric:\n  diagnosis: 0\n  healed: 0\n  economy: 0\n", "nothing is worth a point"),
        (f"{COURSE}rubric:\n  weights: {{leek: 2}}\n", "day.yml:4: exercise 'leek' is none of the course"),
        (f"{COURSE}rubric:\n  weights: {{leak: 0, import-target: 0}}\n", "day.yml:4: no exercise counts"),
        ("title: [\n", "day.yml:"),
    ],
)
def test_mistakes_in_a_course(
    learn: Callable[..., tuple[int, str]], tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "day.yml").write_text(text)
    code, complaint = learn(*PACK)
    assert (code, complaint.count("\n")) == (2, 1)
    assert said in complaint
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Alice\nBob\n", "names.csv:1: has no column 'name'; let its first line be: name"),
        ("name\nAlice\nalice\n", "names.csv:3: 'alice' is there twice"),
        ("name,seed\nAlice,x\n", "names.csv:2: 'x' is no seed"),
        ("name\n", "names.csv: has 0 names"),
        (f"name\n{'x' * 81}\n", "names.csv:2: a learner's name has 81 characters"),
        ("name\nA\x1b[2JB\n", "names.csv:2: a learner's name is printable characters"),
        ('name\n"Alice\n', "names.csv: is no CSV"),
    ],
)
def test_mistakes_in_a_class(
    learn: Callable[..., tuple[int, str]], tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "names.csv").write_text(text)
    code, complaint = learn(*PACK)
    assert (code, complaint.count("\n")) == (2, 1)
    assert said in complaint


def test_a_class_as_a_spreadsheet_saves_it(learn: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_bytes("\ufeffName;Seed\r\nZoë Müller;7\r\n".encode())
    assert learn(*PACK)[0] == 0
    assert load_given(tmp_path / "out" / "zoë-müller.yml", exercise_files()).seed == 7


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pack", "day.yml"], "say who learns: --class names.csv"),
        (["pack"], "say `l3vpn learn pack COURSE.yml --class names.csv`"),
        (["hand-in", "-o", "x"], "no course is on: `l3vpn learn join FILE`"),
        (["leave"], "no course is on"),
        (["join", "none.yml"], "none.yml: can't be read"),
        (["list", "--csv", "x"], "--csv is of `learn grade`"),
        (["grade", "x", "-o", "y"], "--output is of `learn pack` and `learn hand-in`"),
        (["start"], "say `l3vpn learn start NAME`"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    learn: Callable[..., tuple[int, str]], words: list[str], said: str
) -> None:
    code, complaint = learn(*words)
    assert (code, complaint.count("\n")) == (2, 1)
    assert said in complaint


def active(**changed: object) -> Progress:
    base = {"exercise": "leak", "lab": "two-vpns", "seed": 3, "begun": "2026-01-01T00:00:00+00:00"}
    return Progress(active=Active.model_validate(base | changed))


def test_the_journal_is_what_changes_in_the_progress() -> None:
    now = "2026-01-01T01:00:00+00:00"

    def said(before: Progress, after: Progress, action: str = "") -> list[str]:
        return [str(one) for one in events(before, after, action, now)]

    assert said(Progress(), active()) == ["start leak seed 3"]
    assert said(active(), active(lost=["x"])) == []
    assert said(active(), active(hint=2)) == ["hint leak 1", "hint leak 2"]
    assert said(active(answers={0: [1]}), active(answers={0: [1, 2]})) == ["answer leak 1 c"]
    assert said(active(checks=1), active(checks=2, shown=True)) == ["check leak 2", "solve leak"]
    assert said(active(), active(), "reset") == ["reset leak"]
    assert said(active(), Progress()) == ["stop leak"]
    assert said(active(hint=3), active(begun=now, exercise="wrong-vrf")) == ["start wrong-vrf seed 3"]
    made = tuple(events(active(), active(hint=1), "", now))
    assert from_text(to_text(made)) == made


@pytest.mark.parametrize(
    "text", ["{", '{"at": "now", "what": "join"}', '{"at": "2026-01-01", "what": "join"}', "[]"]
)
def test_a_journal_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="line 1 is not to be read"):
        from_text(text)


def test_a_course_is_joined_kept_and_handed_in(
    learn: Callable[..., tuple[int, str]], tmp_path: Path, state: Path
) -> None:
    learn(*PACK)
    seed = load_given(tmp_path / "out" / "bob.yml", exercise_files()).seed
    steps = iter([active(seed=seed), active(seed=seed, hint=1)])
    code, said = learn("join", "out/bob.yml")
    assert code == 0
    assert said.startswith("Day, training, Bob\n")
    assert learn("join", "out/bob.yml")[0] == 0, "the same again is nothing new"
    assert learn("join", "out/bob.yml")[1].count("\n") == 4
    code, said = learn("join", "out/alice-example.yml")
    assert (code, "course 'Day' is on: " in said) == (2, True)
    listed = learn()[1]
    assert "leak" in listed
    assert "no-labels" not in listed
    practised = Done(score=90, seed=1, at="2026-01-01T00:00:00+00:00", minutes=1)
    ProgressFile.below(state).write(Progress().with_result("import-target", practised))
    assert "next  import-target" in learn()[1], "that was not on this course"
    code, said = learn("start", "leak", "--seed", "3")
    assert (code, said) == (2, "l3vpn: the seed of 'leak' is given by the course\n")
    on = Attendance.at(state)
    assert on is not None
    kept(on, state)
    code, said = learn("hand-in", "-o", "bob.hand")
    assert code == 0
    assert "1 of 2 exercises" in said
    assert "nothing of: leak" in said
    found = read_hand_in(tmp_path / "bob.hand", exercise_files())
    assert [one.what for one in found.journal] == ["join", "hand-in"]
    assert [one.title for one in found.looks["import-target"].seen] == ["begin", "check 1"]
    assert found.looks["import-target"].redacted
    assert learn("leave")[0] == 0
    assert Attendance.at(state) is None
    assert [one.name for one in state.iterdir() if one.name.startswith("course-")]
    assert learn("join", "out/bob.yml")[0] == 0
    again = Attendance.at(state)
    assert again is not None
    assert [one.what for one in again.journal] == ["join", "hand-in"], "it goes on where it was left"
    with again.noting(lambda: next(steps), ""):
        pass
    assert [str(one) for one in again.journal][2:] == ["hint leak 1"]


def kept(on: Attendance, state: Path) -> None:
    """Two looks at a lab, which is a recording."""
    there = Lesson.of(exercise("import-target"), on.given.seed)
    store = Store(state)
    store.put(Placement("two-vpns", str(there.folder), "guest", "netns"))
    network = Recorded(well("two-vpns"))
    report = verify(network, there.lab, timeout=0, carrier=network)
    lost = there.customers.missing({})  # nothing can be sent here
    session = Session(cast("Any", network), there.lab, cast("Any", None))
    for title in ("begin", "check 1"):
        look = look_at(session, there.customers, Seen(lost, report, ()), title)
        on.keep(session, "import-target", [look], store)
    here = replace(there, attendance=on)
    assert on.has("import-target", on.given.seed)
    practice = (
        replace(here, exercise=exercise("no-labels")),
        replace(here, variant=replace(there.variant, seed=-1)),
    )
    for other in practice:  # not kept
        other.keep(session, [well("two-vpns")], cast("Any", None))


class Recorded(Replay):
    """A network that says what was recorded, where no packet is sent."""


def test_a_hand_in_is_signed(learn: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    private, public = pair(tmp_path, "mine")
    learn(*PACK)
    learn("join", "out/bob.yml")
    assert learn("hand-in", "-o", "bob.hand", "--sign", str(private))[0] == 0
    found = read_hand_in(tmp_path / "bob.hand", exercise_files())
    assert found.signer == read_signer(public)
    assert found.signer in page_of(learn, tmp_path)
    code, said = learn("hand-in", "-o", "other.hand", "--sign", str(public))
    assert (code, "is no ed25519 private key" in said) == (2, True)
    assert not (tmp_path / "other.hand").exists()


def page_of(learn: Callable[..., tuple[int, str]], folder: Path) -> str:
    """The page of one hand-in, in which elements end in the order in which they began."""
    assert learn("grade", "bob.hand", "--html", "class.html")[0] == 0
    text = (folder / "class.html").read_text("utf-8")
    nested = Nested()
    nested.feed(text)
    assert nested.inside == []
    return text


class Nested(HTMLParser):
    """Elements that have begun and not ended."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.inside += [tag] if tag not in {"meta", "br"} else []

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag, self.getpos()


def test_a_course_whose_file_is_damaged_can_be_left(
    learn: Callable[..., tuple[int, str]], state: Path
) -> None:
    learn(*PACK)
    learn("join", "out/bob.yml")
    (state / "course" / "given.yml").write_text("learner: Bob\n")
    for words in ((), ("check",), ("hand-in", "-o", "x")):
        code, said = learn(*words)
        assert (code, "given.yml:1: the file has no 'seed'" in said) == (2, True)
    assert learn("leave")[0] == 0
    assert learn()[0] == 0


def test_an_exam_gives_nothing_away(
    learn: Callable[..., tuple[int, str]], tmp_path: Path, state: Path
) -> None:
    (tmp_path / "day.yml").write_text(f"{COURSE}mode: exam\nminutes: 30\n")
    learn(*PACK)
    _, said = learn("join", "out/bob.yml")
    assert said.startswith("Day, exam, Bob: 30 minutes from the first start\n")
    ProgressFile.below(state).write(active(exercise="import-target", lost=["x"]))
    for action, what in (("hint", "there are no hints"), ("solve", "no solution is shown")):
        code, said = learn(action)
        assert (code, said) == (2, f"l3vpn: 'Day' is an exam: {what}\n")
    code, said = learn("check", "import-target")
    assert (code, said) == (2, "l3vpn: 'Day' is an exam: exercises are not tried\n")
    code, said = learn("start", "no-labels")
    assert (code, said) == (2, "l3vpn: 'Day' is an exam: 'no-labels' is none of its exercises\n")
    on = Attendance.at(state)
    assert on is not None
    on.note([Event(at="2026-01-01T00:00:00+00:00", what="start", exercise="leak")])
    assert on.left() == "the time is over: nothing counts any more"


PARTS = Learner().parts()


def edited(given: dict[str, bytes], name: str, data: bytes) -> dict[str, bytes]:
    """Another part, which the manifest vouches for."""
    manifest = json.loads(given["hand-in.json"])
    manifest["parts"][name] = hashlib.sha256(data).hexdigest()
    return {**given, name: data, "hand-in.json": json.dumps(manifest).encode()}


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda p: {k: v for k, v in p.items() if k != "hand-in.json"}, "has no hand-in.json"),
        (lambda p: {**p, "journal.jsonl": b""}, "is damaged: journal.jsonl is not what was written"),
        (lambda p: {k: v for k, v in p.items() if k != "given.yml"}, "is damaged: it lacks 'given.yml'"),
        (lambda p: edited(p, "journal.jsonl", b"{}\n"), "is damaged: its journal line 1 is not to be read"),
        (lambda p: edited(p, "journal.jsonl", b"\xff"), "is damaged: journal.jsonl is not UTF-8 text"),
        (lambda p: edited(p, "given.yml", b"learner: x\n"),
         "has no course that is known here: given.yml:1: the file has no 'seed'"),
        (lambda p: edited(p, "given.yml", p["given.yml"].replace(b"import-target", b"nothing")),
         "has no course that is known here: given.yml:7: there is no exercise 'nothing'"),
        (lambda p: edited(p, "import-target.tar.xz", b"x"), "import-target.tar.xz is no evidence bundle"),
        (lambda p: {**p, "hand-in.json": b'{"format": 9}'}, "is of format 9, and this program knows 1"),
        (lambda p: {**p, "hand-in.json": b"[]"}, "is damaged: its manifest is not to be read"),
        (lambda p: {**p, "manifest.sig": b"x\ny\n"}, "is damaged: its signature is not one of its manifest"),
    ],
)  # fmt: skip
def test_a_hand_in_that_somebody_made(
    tmp_path: Path, edit: Callable[[dict[str, bytes]], dict[str, bytes]], said: str
) -> None:
    (tmp_path / "odd").write_bytes(pack(edit(PARTS)))
    with pytest.raises(BadBundle) as raised:
        read_hand_in(tmp_path / "odd", exercise_files())
    assert str(raised.value).startswith(f"{tmp_path}/odd: ")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_bundle_of_a_lab_is_no_hand_in() -> None:
    with pytest.raises(BadBundle, match=r"it has no hand-in\.json; it is an evidence bundle of a lab"):
        read_hand_in(RecordingKey("two-vpns", "", "10.3").file, exercise_files())
