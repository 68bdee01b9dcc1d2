"""Exercises on a running lab: they break what customers have, hints lead there, the solution heals."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.training import catalogue
from orchestrator.training.other_way import other_way
from orchestrator.training.variant import draw

if TYPE_CHECKING:
    from tests.live.conftest import LiveLab
    from tests.live.terminal import Terminal

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
LABS = list(
    dict.fromkeys(one.lab for one in sorted(catalogue.exercises(), key=lambda one: one.intent.number))
)
SAMPLE = "import-target", "wrong-vrf"  # both ways to break: configuration, a port's settings


def test_exercises_are_what_they_claim(lab: LiveLab) -> None:
    done = lab.terminal.l3vpn("learn", "check", *SAMPLE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" as it should be") == len(SAMPLE)


@pytest.mark.slow  # some minutes
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", LABS)
def test_every_exercise_is_what_it_claims(terminal: Terminal, name: str, seed: int) -> None:
    done = terminal.l3vpn("learn", "check", name, "--seed", str(seed), patience=1200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert terminal.l3vpn("down", name).returncode == 0


@pytest.mark.slow
def test_an_exercise_is_broken_looked_at_answered_and_healed_by_hand(lab: LiveLab) -> None:
    """A learner's way: a wrong answer, a wrong fix, then the right ones, without `solve`."""

    def learn(*words: str, code: int = 0) -> str:
        done = lab.terminal.l3vpn("learn", *words)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def type_in(target: str) -> None:
        lines = "router bgp 65000 vrf red", "address-family ipv4 unicast", *target.split("; ")
        words = ["vtysh", "-c", "configure", *(word for line in lines for word in ("-c", line))]
        assert lab.run("pe1", shlex.join(words)).returncode == 0

    exercise = catalogue.exercise("import-target")
    there = load_lab(catalogue.lab_of(exercise))
    drawn = (draw(there, exercise, seed) for seed in range(100))
    variant = next(one for one in drawn if (one.place["pe"], one.place["vrf"]) == ("pe1", "red"))
    seed, cause = str(variant.seed), variant.cause
    assert "Customer red has lost" in learn("start", "import-target", "--seed", seed)
    try:
        assert "red: red1 - red2: nothing arrives" in learn("hint")
        asked = learn("answer")
        (number,) = re.findall(r"^(\d)\. What is the root cause", asked, re.MULTILINE)
        choices = dict(re.findall(r"^   (\w)\) (.*)$", asked.partition("root cause")[2], re.MULTILINE))
        right = next(letter for letter, text in choices.items() if text.strip() == cause)
        learn("answer", number, min(choices.keys() - {right}), code=1)
        assert learn("answer", number, right) == "Right.\ndiagnosis 5/40\n"
        type_in("no rt vpn import 65000:900; rt vpn import 65000:901")
        failed = learn("check", code=1)
        assert "still lost:\n  red: red1 - red2: nothing arrives" in failed
        assert "healed 0/40 + economy 0/20 - hints 1 = 4" in failed
        type_in("no rt vpn import 65000:901; rt vpn import 65000:1")
        healed = learn("check")
        assert "Nothing is lost any more" in healed
        assert "diagnosis 5/40 + healed 40/40 + economy 20/20 - hints 1 = 64" in healed
        assert "next: " in healed
        assert "Customer red has lost" in learn("reset")
        assert "rt vpn import 65000:1" in learn("solve")
        assert "Nothing is lost any more" in learn("check")
    finally:
        assert "is put away" in learn("stop")
    assert re.search(r"^done +import-target .* 64 *$", learn(), re.MULTILINE)
    assert lab.l3vpn("verify").returncode == 0


def test_a_course_is_packed_done_handed_in_and_graded_without_remarks(lab: LiveLab, tmp_path: Path) -> None:
    """No answer, another way to heal than the derived one: 58 of 100, and nothing looks made up."""

    def learn(*words: str, code: int = 0) -> str:
        done = lab.terminal.l3vpn("learn", *words)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    one = catalogue.exercise("import-target")
    there = load_lab(catalogue.lab_of(one))
    variant = draw(there, one, 7)
    place = variant.place
    course, names, out, file = (tmp_path / name for name in ("day.yml", "names.csv", "out", "alice.hand"))
    course.write_text("title: Day\nexercises: [import-target]\n")
    names.write_text("name,seed\nAlice,7\n")
    learn("pack", str(course), "--class", str(names), "-o", str(out))
    learn("join", str(out / "alice.yml"))
    try:
        assert f"Customer {place['vpn']} has lost" in learn("start")
        (way,) = other_way(there, variant)
        typed = [word for line in way.lines for word in ("-c", line)]
        assert lab.run(place["pe"], shlex.join(["vtysh", "-c", "configure", *typed])).returncode == 0
        assert "healed 40/40 + economy 18/20 = 58" in learn("check")
        learn("stop")
        learn("hand-in", "-o", str(file))
    finally:
        learn("leave")
    said = learn("grade", str(file), "--course", str(course), "--class", str(out / "class.csv"))
    assert re.search(r"^Alice +7 +58 +58 *$", said, re.MULTILINE), said


def test_an_exam_is_done_through_the_door_by_who_has_vtysh_alone(terminal: Terminal, tmp_path: Path) -> None:
    """What sshd would run for a key, with what a learner types; 60 of 100, graded without remarks."""
    course, names, out, file = (tmp_path / name for name in ("exam.yml", "names.csv", "out", "alice.hand"))
    course.write_text("title: Exam\nmode: exam\nminutes: 60\nexercises: [import-target]\n")
    names.write_text("name,seed\nAlice,7\n")
    done = terminal.l3vpn("learn", "pack", course, "--class", names, "-o", out, "--keys")
    assert done.returncode == 0, done.stdout + done.stderr
    (command,) = re.findall(r'command="(.*)" ssh-ed25519', (out / "authorized_keys").read_text())
    state = {"XDG_STATE_HOME": str(out / "state" / "alice")}

    def typed(words: str, code: int | None = 0) -> str:
        environ = {**terminal.environ, "SSH_ORIGINAL_COMMAND": words}
        done = subprocess.run(
            ["sh", "-c", command], env=environ, capture_output=True, text=True, check=False, timeout=200
        )
        assert code in {None, done.returncode}, done.stdout + done.stderr
        return done.stdout + done.stderr

    def own(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "orchestrator", *words],
            env={**terminal.environ, **state},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    one = catalogue.exercise("import-target")
    place = draw(load_lab(catalogue.lab_of(one)), one, 7).place
    try:
        begun = typed("start")
        assert "has lost the connection" in begun
        assert "seed" not in begun
        assert "Unknown command" in typed(f"{place['pe']} start-shell bash", None)
        assert "Unknown command" in typed(f"{place['pe']} id; id", None)
        assert "is neither a step" in typed("hint", 2)
        lines = ("configure", f"router bgp 65000 vrf {place['vrf']}", "address-family ipv4 unicast")
        typed("\n".join((f"{place['pe']} {lines[0]}", *lines[1:], f"rt vpn both {place['imports']}")))
        assert "healed 40/40 + economy 20/20 = 60" in typed("check")
        own("learn", "hand-in", "-o", str(file))
    finally:
        own("down", "two-vpns")
    said = own("learn", "grade", str(file), "--course", str(course), "--class", str(out / "class.csv"))
    assert re.search(r"^Alice +7 +60 +60 *$", said, re.MULTILINE), said
