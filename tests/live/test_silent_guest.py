"""A guest that runs and does not answer is no dead end: each command says the way out, and `down` is it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from orchestrator.hosts.guest import Condition, Guest
from orchestrator.lifecycle.store import Placement, Store
from tests.live.here import RECIPE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live.terminal import Terminal


def test_down_ends_it_and_asks_before_other_labs_end_with_it(terminal: Terminal, tmp_path: Path) -> None:
    guest = Guest.start(lambda _: None, terminal.places, RECIPE)
    guest.close()
    store = Store(terminal.places.state)
    for lab in ("one", "two"):
        (tmp_path / lab).mkdir()
        store.put(Placement(lab, str(tmp_path / lab), "guest", "netns"))
    for outer in guest.process.children():
        for process in outer.children():
            os.kill(process.pid, signal.SIGSTOP)

    shown = terminal.l3vpn("push", "one")
    assert shown.returncode == 3
    assert "the guest does not answer: `l3vpn down LAB` ends it" in shown.stderr

    refused = terminal.l3vpn("down", "one")
    assert refused.returncode == 3
    assert "the guest does not answer, and two would end with it: `l3vpn down one --force`" in refused.stderr
    assert Guest.status(terminal.places).condition is Condition.RUNNING

    done = terminal.l3vpn("down", "one", "--force")
    assert (done.returncode, terminal.left_over()) == (0, []), done.stdout + done.stderr
    assert store.all() == ()
    assert Guest.status(terminal.places).condition is Condition.STOPPED
