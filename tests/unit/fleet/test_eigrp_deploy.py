"""The speaker on a node: what is seen of it, what takes it to what is wanted, and refusals."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from orchestrator.fleet.eigrp_deploy import (
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


class Node:
    """A folder with what the scripts look for on a node; programs there write down how they are called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, does in {"python3": _PYTHON, "pgrep": "exit 1", "pkill": "", "setsid": 'exec "$@"'}.items():
            file = folder / "bin" / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(f'#!/bin/sh\ncd {folder}; echo "{name} $*" >>commands\n{does}\n')
            file.chmod(0o755)
        for name in ("etc/frr", "run/frr"):
            (folder / name).mkdir(parents=True)

    def undergoes(self, said: str, wanted: str) -> list[str]:
        """How the programs were called on the way from one state to another, files and folders aside."""
        script = re.sub(r"/(var/lib|etc|run)/frr", rf"{self.folder}/\1/frr", change(said, wanted).script)
        path = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        subprocess.run(["sh", "-eus"], input=script, text=True, check=True, env=path)
        shown = self.folder.joinpath("commands").read_text().replace(str(self.folder), "").splitlines()
        return [line for line in shown if not line.startswith("setsid ")]


_PYTHON = f"""\
[ "$2" != run ] || exec {sys.executable} -c 'import socket
with socket.socket(socket.AF_UNIX) as door: door.bind("run/frr/eigrp.sock")'
"""
_CHECK = f"python3 {HERE} check /etc/frr/eigrp.conf.new"
_RUN = f"python3 {HERE} run --supervised"


def test_a_node_without_one_gets_program_configuration_and_process(tmp_path: Path) -> None:
    node = Node(tmp_path)
    assert node.undergoes("", WANTED) == [_RUN]
    assert (tmp_path / HERE[1:]).read_bytes() == program().data
    assert (tmp_path / "var/lib/frr/eigrp").resolve() == tmp_path / HERE[1:]
    assert (tmp_path / "etc/frr/eigrp.conf").read_text() == WANTED
    assert [line for line in change("", WANTED).unified.splitlines() if line.startswith("+")][:3] == [
        "+++ wanted",
        f"+! speaker {HERE.rpartition('/')[2]} runs",
        "+router eigrp 100",
    ]


def test_another_configuration_is_checked_and_read_again_by_the_one_that_runs(tmp_path: Path) -> None:
    before = SETTLED.replace("eth1", "eth2")
    assert Node(tmp_path).undergoes(before, WANTED) == [_CHECK, f"python3 {HERE} reload"]
    assert not (tmp_path / HERE[1:]).exists()
    assert "- interface eth2\n+ interface eth1\n" in change(before, WANTED).unified


def test_another_program_takes_the_place_of_the_one_that_runs(tmp_path: Path) -> None:
    before = SETTLED.replace(HERE, "/var/lib/frr/eigrp-0123456789ab")
    shown = Node(tmp_path).undergoes(before, WANTED)
    assert (shown[0], shown[-1]) == (_CHECK, _RUN)
    assert [line.split(" run")[0] for line in shown[1:2]] == [
        "pkill -f ^python3 /var/lib/frr/eigrp-[0-9a-f]+"
    ]
    assert (tmp_path / HERE[1:]).exists()
    assert "-! speaker eigrp-0123456789ab runs\n" in change(before, WANTED).unified


def test_one_that_does_not_run_is_started(tmp_path: Path) -> None:
    assert Node(tmp_path).undergoes(SETTLED.partition("\n")[2], WANTED)[-1] == _RUN
    assert not (tmp_path / HERE[1:]).exists()


def test_what_is_not_wanted_any_more_leaves_nothing(tmp_path: Path) -> None:
    node = Node(tmp_path)
    node.undergoes("", WANTED)
    assert _RUN not in node.undergoes(SETTLED, "")[1:]
    assert not [path for path in tmp_path.rglob("*eigrp*") if not path.is_dir()]


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
