"""The EIGRP speaker in containers: installed and started by the same push, proven through a failure."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.programs import find
from tests.live.eigrp_hands import KILL_SPEAKER, WHICH_SPEAKER
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (os.environ.get("CI") or find("go") or find("containerlab")),
        reason="this machine has neither containerlab nor the Go to build it with",
    ),
]


def test_the_backdoor_takes_over_and_gives_back(tmp_path: Path) -> None:
    options = ("--host", "guest", "--runtime", "containerlab")
    with proven("eigrp-backdoor", Terminal(tmp_path), *options) as there:
        with there.failed("p1-pe2") as state:
            assert there.wrong(state) == []
        assert there.wrong() == []
        died = there.ask("pe1", WHICH_SPEAKER)
        there.type_in({"pe1": KILL_SPEAKER})
        there.wait_until("pe1", WHICH_SPEAKER, lambda running: running not in ("", died))
        assert there.wrong() == []
