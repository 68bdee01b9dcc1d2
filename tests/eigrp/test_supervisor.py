from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from eigrp.supervisor import supervise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = (
    "import pathlib, sys; p = pathlib.Path(sys.argv[1]); n = len(p.read_text()); p.write_text('x' * (n + 1));"
)


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    file = tmp_path / "runs"
    file.write_text("")
    return file


def command(file: Path, code: str) -> list[str]:
    return [sys.executable, "-c", COUNT + code, str(file)]


@pytest.mark.parametrize("status", [0, 2])
def test_an_orderly_end_and_a_wrong_configuration_are_final(runs: Path, status: int) -> None:
    assert supervise(command(runs, f"sys.exit({status})"), 0.01) == status
    assert len(runs.read_text()) == 1


def test_what_dies_is_started_again(runs: Path) -> None:
    code = "import os, signal; n == 2 and sys.exit(0); os.kill(os.getpid(), signal.SIGKILL)"
    assert supervise(command(runs, code), 0.01) == 0
    assert len(runs.read_text()) == 3


def test_asked_to_end_it_ends_even_while_it_waits(runs: Path) -> None:
    """The child signals its supervisor to end and dies badly: it is not started again."""
    code = "import os, signal; os.kill(os.getppid(), signal.SIGTERM); signal.pause()"
    assert supervise(command(runs, code), 60) == -signal.SIGTERM
    assert len(runs.read_text()) == 1


def test_hangup_is_passed_on(runs: Path) -> None:
    code = (
        "import os, signal; signal.signal(signal.SIGHUP, lambda *_: sys.exit(0)); "
        f"os.kill({os.getpid()}, signal.SIGHUP); signal.pause()"
    )
    assert supervise(command(runs, code), 60) == 0
