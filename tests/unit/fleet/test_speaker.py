"""The speaker on a node: what is seen of it, what takes it to what is wanted, and refusals."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from orchestrator.fleet.speaker import (
    CONFIGURATION,
    ObservedSpeaker,
    SpeakerChange,
    program,
    send_speaker,
    speaker_change,
)
from orchestrator.hosts.base import Completed

if TYPE_CHECKING:
    from pathlib import Path

WANTED = "router eigrp 100\n interface eth1\n exit\nexit\n"
HERE = program().path
SETTLED = f"process 63 python3 {HERE} run --supervised\nprogram {HERE}\nconfiguration\n{WANTED}"


def change(said: str, wanted: str) -> SpeakerChange:
    return speaker_change(ObservedSpeaker.read(said), wanted)


def test_the_program_is_the_same_each_time_and_runs(tmp_path: Path) -> None:
    program.cache_clear()
    assert program().path == HERE
    file = tmp_path / "eigrp"
    file.write_bytes(program().data)
    (tmp_path / "x.conf").write_text("router eigrp 100\n")
    done = subprocess.run(
        [sys.executable, str(file), "check", str(tmp_path / "x.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (
        2,
        "eigrp: the block of router eigrp 100 does not end with exit\n",
    )


@pytest.mark.parametrize(("said", "wanted"), [("", ""), (SETTLED, WANTED)], ids=["none", "as wanted"])
def test_nothing_to_change(said: str, wanted: str) -> None:
    assert not change(said, wanted)
    assert change(said, wanted) == SpeakerChange()


def test_a_node_without_one_gets_program_configuration_and_process() -> None:
    made = change("", WANTED)
    assert f"base64 -d >{HERE}.new" in made.script
    assert f"setsid python3 {HERE} run --supervised" in made.script
    assert "pkill" not in made.script
    assert [line for line in made.unified.splitlines() if line.startswith("+")][:3] == [
        "+++ wanted",
        f"+! speaker {HERE.rpartition('/')[2]} runs",
        "+router eigrp 100",
    ]


def test_another_configuration_is_checked_and_read_again_by_the_one_that_runs() -> None:
    made = change(SETTLED.replace("eth1", "eth2"), WANTED)
    assert f"python3 {HERE} check {CONFIGURATION}.new" in made.script
    assert made.script.endswith(f"exec python3 {HERE} reload\n")
    assert "base64" not in made.script
    assert "- interface eth2\n+ interface eth1\n" in made.unified


def test_another_program_takes_the_place_of_the_one_that_runs() -> None:
    made = change(SETTLED.replace(HERE, "/var/lib/frr/eigrp-0123456789ab"), WANTED)
    assert "pkill -f" in made.script
    assert "base64 -d" in made.script
    assert "-! speaker eigrp-0123456789ab runs\n" in made.unified


def test_one_that_does_not_run_is_started() -> None:
    made = change(SETTLED.partition("\n")[2], WANTED)
    assert "setsid" in made.script
    assert "base64" not in made.script


def test_what_is_not_wanted_any_more_leaves_nothing() -> None:
    made = change(SETTLED, "")
    assert "pkill -f" in made.script
    assert f"rm -f {CONFIGURATION}" in made.script
    assert "setsid" not in made.script


@pytest.mark.parametrize(
    ("status", "said", "words"),
    [
        (90, "", "has no python3, which the EIGRP speaker is written in"),
        (
            91,
            "eigrp: line 3: delay is 1 to 9, not x\n",
            "EIGRP configuration refused: eigrp: line 3: delay is 1 to 9, not x",
        ),
        (92, "", "the EIGRP speaker does not start; /var/log/frr/eigrp.log on the node says why"),
        (1, "mv: no space left\n", "the EIGRP speaker cannot be changed: mv: no space left"),
    ],
)
def test_a_refusal_is_one_line(status: int, said: str, words: str) -> None:
    refusal = send_speaker(_Session(status, said), change("", WANTED))  # type: ignore[arg-type]  # all it is asked
    assert str(refusal) == words


def test_no_refusal_where_all_went_well() -> None:
    assert send_speaker(_Session(0, ""), change("", WANTED)) is None  # type: ignore[arg-type]  # all it is asked


class _Session:
    """Answers any script the same."""

    def __init__(self, status: int, said: str) -> None:
        self._answer = Completed(status, b"", said.encode())

    def run(self, command: str, stdin: bytes, within: float) -> Completed:
        del command, stdin, within
        return self._answer
