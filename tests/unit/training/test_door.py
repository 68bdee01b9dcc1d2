"""The door: what sshd runs for a learner of an exam who has a key and nothing else."""

from __future__ import annotations

import re
import shlex
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator import commands
from orchestrator.cli import parser
from orchestrator.commands.learn_door import STEPS, Asked, asked
from orchestrator.hosts.terminal import sealed, ssh_argv
from orchestrator.loading import load_lab
from orchestrator.training.attendance import Attendance
from orchestrator.training.by_vtysh import beyond_vtysh
from orchestrator.training.catalogue import exercises, lab_of
from orchestrator.training.journal import Event
from orchestrator.training.progress import ProgressFile
from tests.unit.training.test_course import active

if TYPE_CHECKING:
    from collections.abc import Callable

EXAM = "title: Exam\nmode: exam\nminutes: 60\nexercises: [import-target, leak]\n"


@pytest.fixture
def learn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Types `l3vpn learn …`; the exit code, and all that is printed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exam.yml").write_text(EXAM)
    (tmp_path / "names.csv").write_text("name\nAlice O'Neill\nBob\n")

    def typed(*words: str) -> tuple[int, str]:
        code = commands.run(parser().parse_args(["learn", *words]))
        said = capsys.readouterr()
        return code, said.out + said.err

    return typed


PACK = ("pack", "exam.yml", "--class", "names.csv", "-o", "out", "--keys")


def test_each_learner_gets_a_key_that_opens_the_door_and_nothing_else(
    learn: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    assert learn(*PACK)[0] == 0
    out = tmp_path / "out"
    assert {one.name for one in out.glob("*.key")} == {"alice-o-neill.key", "bob.key"}
    assert all(one.stat().st_mode & 0o077 == 0 for one in out.iterdir())
    lines = (out / "authorized_keys").read_text().splitlines()
    for line, name in zip(lines, ("alice-o-neill", "bob"), strict=True):
        options = re.fullmatch(r'restrict,pty,command="(.*)" (ssh-ed25519 \S+) (\S+)', line)
        assert options is not None
        assert f"{options[2]}\n" == (out / f"{name}.pub").read_text()
        words = shlex.split(options[1])
        assert words[:3] == ["cd", str(tmp_path), "&&"]
        assert f"XDG_STATE_HOME={out}/state/{name}" in words
        assert words[-3:] == ["learn", "door", f"{out}/{name}.yml"]
    before = lines
    assert learn(*PACK)[0] == 0
    assert (out / "authorized_keys").read_text().splitlines() == before, "keys that were given out stay"


def test_what_vtysh_cannot_heal_is_refused(learn: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    beyond = {one.name for one in exercises() if beyond_vtysh(load_lab(lab_of(one)), one)}
    assert beyond == {"change-provider", "core-mtu", "eigrp-mismatch", "mpls-input", "wrong-vrf"}
    (tmp_path / "exam.yml").write_text(EXAM.replace("leak", "wrong-vrf"))
    code, said = learn(*PACK)
    assert (code, said.count("\n")) == (2, 1)
    assert "'wrong-vrf' needs more than vtysh: Linux or the EIGRP speaker of pe1 has to be set" in said
    (tmp_path / "exam.yml").write_text(EXAM.replace("mode: exam\n", ""))
    assert learn(*PACK)[1] == "l3vpn: exam.yml: --keys is of exams: say mode: exam\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Asked("list")),
        ("check", Asked("check")),
        ("answer 1 b", Asked("answer", ("1", "b"))),
        ("pe1", Asked(node="pe1")),
        ("pe1 configure\nhostname x", Asked(node="pe1", lines="configure\nhostname x")),
        ("pe1 show ip route", Asked(node="pe1", lines="show ip route")),
    ],
)
def test_what_a_learner_may_type(text: str, wanted: Asked) -> None:
    assert asked(text) == wanted
    assert not {"hint", "solve", "hand-in", "leave", "join", "grade", "pack", "watch", "door"} & set(STEPS)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hint", "'hint' is neither a step (list, start,"),
        ("sh -c id", "'sh' is neither a step"),
        ("pe1; id", "'pe1;' is neither a step"),
        ("-oProxyCommand=id", "'-oProxyCommand=id' is neither a step"),
        ("/usr/lib/openssh/sftp-server", "sftp-server' is neither a step"),
        ("start wrong-vrf", "'wrong-vrf' is none of its exercises"),
        ("start --seed 1", "say `l3vpn learn start NAME`"),
        ("check leak", "exercises are not tried"),
        ("answer 1 b c", "say `l3vpn learn answer"),
    ],
)
def test_all_else_is_one_line(
    learn: Callable[..., tuple[int, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    said: str,
) -> None:
    learn(*PACK)
    state = tmp_path / "out" / "state" / "bob"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    ProgressFile.below(state / "l3vpn").write(active(exercise="import-target", lost=["x"]))
    monkeypatch.setenv("SSH_ORIGINAL_COMMAND", typed)
    code, complaint = learn("door", "out/bob.yml")
    assert code == 2
    assert said in complaint
    on = Attendance.at(state / "l3vpn")
    assert on is not None
    on.note([Event(at="2026-01-01T00:00:00+00:00", what="start", exercise="leak")])
    assert "the time is over" in learn("door", "out/bob.yml")[1]


def test_a_course_that_is_no_exam_has_no_door(learn: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "exam.yml").write_text("title: Day\nexercises: [leak]\n")
    learn(*PACK[:-1])
    assert "'Day' is no exam" in learn("door", "out/bob.yml")[1]


def test_nothing_that_is_typed_is_for_ssh() -> None:
    argv = ssh_argv(IPv4Address("10.0.0.1"), "vtysh", key=Path("k"), known_hosts=Path("h"), command="-v")
    assert argv[-3:] == ["--", "vtysh@10.0.0.1", "-v"]
    assert "-oEscapeChar=none" in sealed(argv)
    assert [one for one in sealed(argv) if one != "-oEscapeChar=none"] == argv
