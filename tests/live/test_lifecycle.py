"""A lab from `up` to `down`, and what may happen to it meanwhile, at the real command line."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import guest_boot
from orchestrator.hosts.guest import Guest
from tests.live.here import RECIPE
from tests.live.small_lab import TWO_SITES, Site, SmallLab
from tests.live.terminal import proven

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live.terminal import Completed, Terminal

pytestmark = pytest.mark.live

SMALL = SmallLab("small")


def one_line(done: Completed) -> str:
    """What a failed command says: one line and nothing else."""
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_up_on_a_running_lab_brings_it_to_its_files(terminal: Terminal, tmp_path: Path) -> None:
    folder = SMALL.write(tmp_path / "lab")
    assert proven(terminal.l3vpn("up", folder))
    assert "no difference" in terminal.l3vpn("up", folder).stdout

    moved = replace(TWO_SITES["ce2"], prefix="172.16.7.0/24")
    grown = TWO_SITES | {"ce2": moved, "ce3": Site("pe1:eth3", 65103, "172.16.3.0/24")}
    replace(SMALL, sites=grown).write(folder)
    assert proven(terminal.l3vpn("up", folder))
    assert terminal.status(folder) == dict.fromkeys(("pe1", "pe2", "ce1", "ce2", "ce3"), "running")
    routes = terminal.run(folder, "ce3", "vtysh -c 'show ip route bgp'").stdout
    assert "172.16.7.0/24" in routes
    assert "172.16.2.0/24" not in routes

    SMALL.write(folder)
    assert proven(terminal.l3vpn("up", folder))
    assert terminal.status(folder) == dict.fromkeys(("pe1", "pe2", "ce1", "ce2"), "running")
    assert "eth3" not in terminal.run(folder, "pe1", "ip -br link").stdout


def test_a_bare_lab_is_nodes_and_links_only(terminal: Terminal, tmp_path: Path) -> None:
    folder = SMALL.write(tmp_path / "lab")
    done = terminal.l3vpn("up", "--bare", folder)
    assert (done.returncode, "nothing configured" in done.stdout) == (0, True), done.stdout + done.stderr
    assert terminal.run(folder, "pe1", "ip -br link show type vrf").stdout == ""
    assert "router" not in terminal.run(folder, "pe1", "vtysh -c 'show running-config'").stdout
    report = terminal.verify(folder, timeout=0)
    assert report["summary"]["FAIL"] > 0
    assert {one["verdict"] for one in report["checks"] if one["layer"] == "data"} == {"BLOCKED"}
    assert terminal.l3vpn("push", folder).returncode == 0
    assert proven(terminal.l3vpn("verify", folder))


def test_two_labs_side_by_side_on_one_guest(terminal: Terminal, tmp_path: Path) -> None:
    one, other = (SmallLab(name).write(tmp_path / name) for name in ("one", "other"))
    assert proven(terminal.l3vpn("up", one))
    assert proven(terminal.l3vpn("up", other))
    assert proven(terminal.l3vpn("verify", one))

    twin = SmallLab("one").write(tmp_path / "elsewhere")
    refused = terminal.l3vpn("up", twin)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"l3vpn: lab 'one' is already up from {one}; take it down first")
    assert len(refused.stderr.splitlines()) == 1

    assert terminal.l3vpn("down", one).returncode == 0
    assert proven(terminal.l3vpn("verify", other))
    assert terminal.l3vpn("down", other).returncode == 0
    assert terminal.left_over() == []
    again = terminal.l3vpn("down", other)
    assert (again.returncode, again.stderr) == (0, "")


def test_a_node_that_died_is_reported_and_made_anew(terminal: Terminal, tmp_path: Path) -> None:
    folder = SMALL.write(tmp_path / "lab")
    assert proven(terminal.l3vpn("up", folder))
    guest = Guest.attach(terminal.places)
    guest.run("read -r pid _ </run/l3vpn/small/nodes/pe2/pid; kill -9 $pid", timeout=10).expect_ok("kill pe2")
    guest.close()

    assert terminal.status(folder) == {"pe1": "running", "pe2": "stopped", "ce1": "running", "ce2": "running"}
    asked = terminal.run(folder, "pe2", "true")
    assert (asked.returncode, "l3vpn up" in one_line(asked)) == (255, True)
    pushed = terminal.l3vpn("push", folder)
    assert pushed.returncode == 4
    assert [line.split(":")[1].strip() for line in pushed.stderr.splitlines()] == ["pe2"]
    report = terminal.verify(folder, timeout=0)
    assert report["summary"]["ERROR"] > 0
    assert {one["node"] for one in report["checks"] if one["verdict"] == "ERROR"} >= {"pe2"}

    assert proven(terminal.l3vpn("up", folder))
    assert set(terminal.status(folder).values()) == {"running"}


def test_a_guest_that_died_is_reported_by_every_command_and_booted_anew(
    terminal: Terminal, tmp_path: Path
) -> None:
    folder = SMALL.write(tmp_path / "lab")
    assert proven(terminal.l3vpn("up", folder))
    os.kill(terminal.guest_pid(), signal.SIGKILL)

    died = "l3vpn: the guest's process has died; `l3vpn up LAB` starts it again"
    for verb in ("status", "verify", "push", "diff"):
        done = terminal.l3vpn(verb, folder)
        assert (done.returncode, one_line(done)) == (3, died), verb
    done = terminal.run(folder, "pe1", "true")
    assert (done.returncode, one_line(done)) == (255, died)

    assert proven(terminal.l3vpn("up", folder))
    assert terminal.l3vpn("down", folder).returncode == 0
    assert terminal.left_over() == []


# What `up` has printed when it is in the middle of a phase.


def test_damaged_state_hides_neither_a_lab_nor_its_guest(terminal: Terminal, tmp_path: Path) -> None:
    """As a crash or another version leaves it. Before, `down` said that nothing was up, and all ran on."""
    folder = SMALL.write(tmp_path / "lab")
    assert terminal.l3vpn("up", "--bare", folder).returncode == 0
    record = terminal.places.state / "labs/small.json"
    record.write_bytes(b"\xff{")
    assert set(terminal.status(folder).values()) == {"running"}
    (terminal.places.guest / "state.json").write_bytes(b"\xff{")
    shown = "l3vpn: the guest is not running; `l3vpn up LAB` starts it"
    assert one_line(terminal.l3vpn("verify", folder)) == shown
    down = terminal.l3vpn("down", folder)
    assert (down.returncode, down.stderr, terminal.left_over()) == (0, "", [])


def test_a_lab_that_memory_is_not_enough_for_is_refused_and_harms_no_other(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, Linux made room by killing the daemons of labs that were up."""
    monkeypatch.setattr(guest_boot, "megabytes_for", lambda *_: 350)
    Guest.start(lambda _: None, terminal.places, RECIPE).close()
    one, other = (SmallLab(name).write(tmp_path / name) for name in ("one", "other"))
    assert terminal.l3vpn("up", "--bare", one).returncode == 0
    guest = Guest.attach(terminal.places)
    guest.run("head -c 130M /dev/zero >/dev/shm/more", timeout=20).expect_ok("use memory")
    guest.close()
    refused = terminal.l3vpn("up", "--bare", other)
    assert refused.returncode == 3
    (line,) = refused.stderr.splitlines()
    assert line.startswith("l3vpn: host guest has no memory left for it: 4 nodes need about 160 MB, ")
    assert set(terminal.status(one).values()) == {"running"}
    assert "bgpd" in terminal.run(one, "pe1", "cat /proc/[0-9]*/comm").stdout
    assert terminal.l3vpn("down", one).returncode == 0
    assert terminal.left_over() == []
