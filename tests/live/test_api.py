"""The library: the example of its documentation, and labs that come down whatever happens in them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from orchestrator import Fault, load_lab, up
from orchestrator.errors import L3vpnError
from orchestrator.lifecycle.store import Store
from tests.api_example import example

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live.terminal import Terminal


def test_the_example_of_the_documentation_runs_anywhere(terminal: Terminal, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", example()],
        env=terminal.environ,
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=False,
        timeout=400,
    )
    assert (done.returncode, done.stderr, terminal.left_over()) == (0, "", []), done.stdout + done.stderr


class Stop(Exception):  # noqa: N818 -- of the tests alone
    """Somebody's own program ends in the midst of things."""


def test_faults_are_undone_and_labs_taken_down_whatever_happens(
    terminal: Terminal, capfd: pytest.CaptureFixture[str]
) -> None:
    lab, store = load_lab("static"), Store.of(terminal.settings)
    cut = Fault("p1-pe2")
    with suppress(KeyboardInterrupt), up(lab, host="guest", settings=terminal.settings) as running:
        with suppress(Stop), running.fault(cut, Fault("pe1", daemon="bgpd")):
            assert [one.target for one in store.failed(lab.name)] == ["p1:eth2", "pe1"]
            raise Stop
        assert store.failed(lab.name) == ()
        with running.fault(cut):
            other = running.fault(Fault("p1-pe2", loss=5))
            with pytest.raises(L3vpnError, match="cut already: restore it first"):
                other.__enter__()
            with running.fault(cut):
                pass
            assert len(store.failed(lab.name)) == 1, "who finds it failed leaves it failed"
        assert running.verify().holds
        with pytest.raises(L3vpnError, match="Unknown command"):
            running.collect("show nonsense", "pe1")
        raise KeyboardInterrupt
    assert terminal.left_over() == []
    assert capfd.readouterr() == ("", "")
