"""Every exercise on a running lab: it breaks what customers have, hints lead there, its solution heals."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from orchestrator.training import catalogue
from orchestrator.training.variant import draw
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = [pytest.mark.live, pytest.mark.slow]  # some minutes

ALL = sorted(catalogue.exercises(), key=lambda one: (one.lab, one.intent.number))


@pytest.fixture(scope="module", params=list(dict.fromkeys(one.lab for one in ALL)))
def lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(request.param, Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


@pytest.mark.parametrize("seed", [1, 2])
def test_every_exercise_breaks_and_is_healed_by_its_solution(lab: ProvenLab, seed: int) -> None:
    trouble = []
    for one in ALL:
        if one.lab == lab.lab.name:
            trouble += [f"{one.name}: {what}" for what in _trouble(lab, one.name, seed)]
    lab.terminal.l3vpn("learn", "stop")
    assert trouble == []
    assert lab.wrong() == []


def _trouble(lab: ProvenLab, name: str, seed: int) -> Iterator[str]:
    """What is not as it should be with one exercise; what it breaks is seen with `pytest -s`."""

    def said(*words: str, code: int = 0) -> str:
        done = lab.terminal.l3vpn("learn", *words)
        if done.returncode != code:
            wrong.append(f"{' '.join(words)}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    wrong: list[str] = []
    said("start", name, "--seed", str(seed))
    lost = said("check", code=1)
    if "still lost:" not in lost or "newly lost" in lost or "healed:" in lost:
        wrong.append(f"once it is broken: {lost}")
    hints = [said("hint") for _ in range(6)]
    if not all(len(one.splitlines()) > 1 for one in hints):
        wrong.append(f"hints: {hints}")
    said("solve")
    healed = said("check")
    if "Nothing is lost any more" not in healed or re.search("not as it should be|changed beside", healed):
        wrong.append(f"once it is solved: {healed}")
    yield from wrong


def test_an_exercise_is_broken_looked_at_answered_and_healed_by_hand(lab: ProvenLab) -> None:
    """A learner's way: a wrong answer, a wrong fix, then the right ones, without `solve`."""

    def learn(*words: str, code: int = 0) -> str:
        done = lab.terminal.l3vpn("learn", *words)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def type_in(target: str) -> None:
        lines = "router bgp 65000 vrf red", "address-family ipv4 unicast", *target.split("; ")
        lab.type_in(
            {"pe1": shlex.join(["vtysh", "-c", "configure", *(w for it in lines for w in ("-c", it))])}
        )

    exercise, there = catalogue.exercise("import-target"), lab.lab
    if there.name != exercise.lab:
        pytest.skip("an exercise of another lab")
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
    finally:
        assert "is put away" in learn("stop")
    assert re.search(r"^done +import-target .* 64 *$", learn(), re.MULTILINE)
    assert lab.wrong() == []
