"""Commands that are interrupted or killed leave nothing, or what the next one goes on with."""

from __future__ import annotations

import os
import pty
import signal
import time
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.guest import Guest
from tests.live.small_lab import SmallLab
from tests.live.terminal import proven

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.live.conftest import LiveLab
    from tests.live.terminal import Terminal

pytestmark = pytest.mark.live

INTERRUPTED = 130
SMALL = SmallLab("small")
# What `up` has printed when it is in the middle of a phase.
MOMENTS = {
    "boot": "booting the guest",
    "nodes": "4 nodes and 3 links",
    "push": "  nodes  ",
    "proof": "  push  ",
}


def interrupted(terminal: Terminal, folder: Path, moment: str, number: signal.Signals) -> int:
    """Begin `up`, end it in the middle of a phase; its exit status."""
    up = terminal.begin("up", folder)
    assert up.stdout is not None
    assert any(
        MOMENTS[moment] in line and ("…" in line) == (moment in {"boot", "nodes"}) for line in up.stdout
    )
    os.killpg(up.pid, number)
    up.communicate(timeout=60)
    return up.returncode


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_in_up_leaves_nothing(terminal: Terminal, tmp_path: Path, moment: str) -> None:
    folder = SMALL.write(tmp_path / "lab")
    assert interrupted(terminal, folder, moment, signal.SIGINT) == INTERRUPTED
    assert terminal.left_over() == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_down_removes_what_a_killed_up_left(terminal: Terminal, tmp_path: Path, moment: str) -> None:
    folder = SMALL.write(tmp_path / "lab")
    assert interrupted(terminal, folder, moment, signal.SIGKILL) == -signal.SIGKILL
    down = terminal.l3vpn("down", folder)
    assert (down.returncode, down.stderr, terminal.left_over()) == (0, "", [])


@pytest.mark.parametrize("moment", ["boot", "nodes"])
def test_up_goes_on_where_a_killed_one_stopped(terminal: Terminal, tmp_path: Path, moment: str) -> None:
    folder = SMALL.write(tmp_path / "lab")
    interrupted(terminal, folder, moment, signal.SIGKILL)
    assert proven(terminal.l3vpn("up", folder))
    assert terminal.l3vpn("down", folder).returncode == 0
    assert terminal.left_over() == []


def test_ctrl_c_in_up_on_a_running_lab_leaves_it_running(terminal: Terminal, tmp_path: Path) -> None:
    folder = SMALL.write(tmp_path / "lab")
    assert proven(terminal.l3vpn("up", folder))
    assert interrupted(terminal, folder, "push", signal.SIGINT) == INTERRUPTED
    assert proven(terminal.l3vpn("verify", folder))


def test_a_terminal_that_is_closed_in_up_leaves_nothing(terminal: Terminal, tmp_path: Path) -> None:
    """Before, the first line of the clean-up found no terminal, and a lab that was half made stayed."""
    folder = SMALL.write(tmp_path / "lab")
    window, inside = pty.openpty()
    up = terminal.begin_in(inside, "up", folder)
    os.close(inside)
    seen = b""
    while b"4 nodes and 3 links" not in seen:
        seen += os.read(window, 4096)
    os.close(window)
    assert up.wait(60) == INTERRUPTED
    assert terminal.left_over() == []


def struck(
    lab: LiveLab, number: signal.Signals, begun: Callable[[subprocess.Popen[str]], bool], *arguments: str
) -> None:
    """Strike a command that has the lab for itself, once it has begun with something; it says one line."""
    command = lab.terminal.begin(arguments[0], lab.name, *arguments[1:])
    lock = lab.terminal.places.state / "labs" / f"{lab.name}.lock"
    while not (f"process {command.pid})" in lock.read_text() and begun(command)):
        assert command.poll() is None, "it ended before it was struck"
        time.sleep(0.01)
    os.killpg(command.pid, number)
    said, _ = command.communicate(timeout=60)
    assert (command.returncode, said.splitlines()[-1]) == (INTERRUPTED, "l3vpn: interrupted")
    assert "Traceback" not in said
    left = {one.suffix for one in lock.parent.iterdir()}
    assert left <= {".json", ".failed", ".journal", ".lock"}


def _has_said_a_line(command: subprocess.Popen[str]) -> bool:
    assert command.stdout is not None
    return bool(command.stdout.readline())


def test_signals_during_push_fail_and_restore_are_recovered_from(lab: LiveLab) -> None:
    """While sessions are being opened, once the first node has been changed, once the fault is remembered."""
    unlike = "sysctl -qw net.ipv4.ip_forward=0; vtysh -c 'conf t' -c 'no router ospf' -c 'no mpls ldp'"
    assert lab.run("p1", unlike).returncode == 0
    failed = lab.terminal.places.state / "labs" / f"{lab.name}.failed"
    guest = Guest.attach(lab.terminal.places)
    forwarding = f"ip netns exec {lab.name}.p1 sysctl -n net.ipv4.ip_forward"
    struck(lab, signal.SIGHUP, lambda _: True, "push")
    struck(lab, signal.SIGINT, lambda _: guest.run(forwarding, timeout=20).text == "1\n", "push")
    guest.close()
    assert lab.push().returncode == 0
    struck(lab, signal.SIGTERM, lambda _: failed.exists() and bool(failed.read_text()), "fail", "pe2")
    struck(lab, signal.SIGHUP, lambda _: True, "restore")
    assert lab.l3vpn("restore").returncode == 0
    struck(lab, signal.SIGTERM, _has_said_a_line, "scenario", "core-link")
    assert set(lab.terminal.status(lab.name).values()) == {"running"}
    assert proven(lab.l3vpn("verify"))
