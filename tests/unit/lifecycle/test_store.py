from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.fault import Fault
from orchestrator.lifecycle.store import Busy, Placement, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = Placement("x", "/labs/x", "guest", "netns")


def test_what_was_put_is_found_until_it_is_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(HERE)
    assert Store(tmp_path).get("x") == HERE
    assert store.all() == (HERE,)
    store.forget("x")
    store.forget("x")
    assert store.all() == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"lab": "x"}',
        '{"lab": "y", "folder": "/y", "host": "guest", "runtime": "netns"}',
        '{"lab": "x", "folder": 1, "host": "guest", "runtime": "netns"}',
        '{"lab": "x", "folder": "/x", "host": "guest", "runtime": "netns", "guests": "2"}',
        "[" * 100_000,
        "\udcff",
    ],
)
def test_an_unreadable_placement_counts_for_nothing(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.put(HERE)
    (tmp_path / "labs" / "x.json").write_bytes(text.encode(errors="surrogateescape"))
    assert store.get("x") is None
    assert store.all() == ()


HOLD = """
import sys
from pathlib import Path
from orchestrator.lifecycle.store import Store
with Store(Path(sys.argv[1])).lock("x", "push"):
    print("held", flush=True)
    sys.stdin.readline()
print("let go", flush=True)
sys.stdin.readline()
"""


def test_who_is_at_work_is_seen_without_a_lock(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.holder("x") == ""
    with store.lock("x", "push"):
        assert store.holder("x") == "", "that is ourselves"
    words = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert re.fullmatch(rf"push since [\d:]+ \(process {other.pid}\)", store.holder("x"))
        other.stdin.write("\n")
        other.stdin.flush()
        assert other.stdout.readline() == "let go\n"
        assert store.holder("x") == "", "it is there, and does not hold the lab any more"
        other.communicate("\n")
    assert store.holder("x") == ""


def test_one_command_at_a_time_changes_a_lab(tmp_path: Path) -> None:
    store = Store(tmp_path)
    holder = rf"push since \d\d:\d\d:\d\d \(process {os.getpid()}\)"
    shown = rf"^another command is at work on lab 'x': {holder}; `--wait` waits for it$"
    with store.lock("x", "push"):
        with pytest.raises(Busy, match=shown), Store(tmp_path).lock("x"):
            pass
        with store.lock("y"):
            pass
    with store.lock("x"):
        pass


_HOLDER = """
import sys
from pathlib import Path
from orchestrator.lifecycle.store import Store
with Store(Path(sys.argv[1])).lock("x", "push"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds lab x until its standard input is closed."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_who_waits_is_reported_for_what_and_gets_the_lab(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    shown: list[str] = []

    def waiting(text: str) -> None:
        shown.append(text)
        assert holder.stdin is not None
        holder.stdin.close()  # not before: it is at work until we say that we wait

    with Store(tmp_path).lock("x", "down", waiting):
        (line,) = shown
        assert re.fullmatch(
            rf"waiting for another command on lab 'x': push since \d\d:\d\d:\d\d \(process {holder.pid}\)",
            line,
        )
        with pytest.raises(Busy, match=": down since"), Store(tmp_path).lock("x"):
            pass


def test_an_unreadable_list_of_faults_counts_for_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_failed("x", [Fault("pe1-p1")])
    (tmp_path / "labs" / "x.failed").write_bytes(b"\xff")
    assert store.failed("x") == ()


def test_what_cannot_be_written_leaves_what_was(tmp_path: Path) -> None:
    """A disk that is full, here as a limit of a file's size; nothing half written stays."""
    store = Store(tmp_path)
    store.put(HERE)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            store.put(replace(HERE, stage="after"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert store.all() == (HERE,)
    assert [file.name for file in (tmp_path / "labs").iterdir()] == ["x.json"]


def test_the_lock_of_hosts_is_that_of_no_lab(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.lock("hosts", "up"), store.hosts_lock(lambda _: pytest.fail("it is free")):
        pass
