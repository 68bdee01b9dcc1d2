"""A lab from `up` to `down`, with whatever happens to people on the way, at the real command line."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator import cli
from orchestrator.fleet import push as pushing
from orchestrator.hosts import guest_boot
from orchestrator.hosts.guest import Guest
from orchestrator.render.frr import frr_configuration
from tests.live.here import RECIPE
from tests.live.small_lab import TWO_SITES, Site, SmallLab

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.model.lab import Lab
    from tests.live.conftest import LiveLab
    from tests.live.terminal import Completed, Terminal

pytestmark = pytest.mark.live

INTERRUPTED = 130
SMALL = SmallLab("small")


def proven(done: Completed) -> bool:
    """Whether `up` or `verify` proved the lab; what it said, if not."""
    assert done.returncode == 0, done.stdout + done.stderr
    return "checks hold" in done.stdout


def one_line(done: Completed) -> str:
    """What a failed command says: one line and nothing else."""
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


# ---- Converging a running lab ------------------------------------------------------------------


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


def test_a_second_push_sends_nothing(lab: LiveLab) -> None:
    done = lab.push()
    assert (done.returncode, done.stdout) == (0, "no difference\n")


def test_diff_shows_a_change_by_hand_and_push_takes_it_back(lab: LiveLab) -> None:
    by_hand = "vtysh -c 'configure terminal' -c 'router bgp 65101' -c 'neighbor 10.1.0.1 timers 10 30'"
    assert lab.run("red1", f"{by_hand} && sysctl -qw net.ipv4.ip_forward=0").returncode == 0

    for differs in (lab.l3vpn("diff"), lab.l3vpn("push", "--dry-run")):
        assert "- neighbor 10.1.0.1 timers 10 30" in differs.stdout
        assert "+ neighbor 10.1.0.1 timers 3 9" in differs.stdout
        assert "ip_forward=1" in differs.stdout
    assert lab.l3vpn("diff").returncode == 1
    assert lab.l3vpn("diff", "--limit", "pe1").returncode == 0

    assert lab.l3vpn("push", "--limit", "pe1").stdout == "no difference\n"
    done = lab.push()
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "changed red1")
    done = lab.l3vpn("diff")
    assert (done.returncode, done.stdout) == (0, "no difference\n")


# ---- Several labs ------------------------------------------------------------------------------


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


# ---- Accidents ---------------------------------------------------------------------------------


def test_a_node_that_died_is_told_and_made_anew(terminal: Terminal, tmp_path: Path) -> None:
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


def test_a_guest_that_died_is_told_by_every_command_and_booted_anew(
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
    assert left <= {".json", ".failed", ".lock"}


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


# ---- State and memory --------------------------------------------------------------------------


def test_damaged_state_hides_neither_a_lab_nor_its_guest(terminal: Terminal, tmp_path: Path) -> None:
    """As a crash or another version leaves it. Before, `down` said that nothing was up, and all ran on."""
    folder = SMALL.write(tmp_path / "lab")
    assert terminal.l3vpn("up", "--bare", folder).returncode == 0
    record = terminal.places.state / "labs/small.json"
    record.write_bytes(b"\xff{")
    assert set(terminal.status(folder).values()) == {"running"}
    (terminal.places.guest / "state.json").write_bytes(b"\xff{")
    told = "l3vpn: the guest is not running; `l3vpn up LAB` starts it"
    assert one_line(terminal.l3vpn("verify", folder)) == told
    down = terminal.l3vpn("down", folder)
    assert (down.returncode, down.stderr, terminal.left_over()) == (0, "", [])


def test_a_lab_that_memory_is_not_enough_for_is_refused_and_harms_no_other(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, Linux made room by killing the daemons of labs that were up."""
    monkeypatch.setattr(guest_boot, "megabytes_for", lambda _: 350)
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


# ---- Into a node -------------------------------------------------------------------------------


def test_exec_passes_output_and_status_through(lab: LiveLab) -> None:
    done = lab.run("pe1", "echo out; echo err >&2; exit 7")
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")
    done = lab.l3vpn("exec", "p1", "--", "vtysh", "-c", "show mpls table")
    assert done.returncode == 0
    assert "implicit-null" in done.stdout


def test_show_asks_several_routers_and_shell_runs_lines(lab: LiveLab) -> None:
    done = lab.l3vpn("show", "pe1,pe2", "ip", "route", "vrf", "red")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line.startswith("---")] == ["--- pe1", "--- pe2"]
    assert done.stdout.count("172.16.1.0/24") == 2
    assert lab.l3vpn("show", "pe*", "nonsense").returncode == 1
    done = lab.l3vpn("shell", "pe1", "-c", "show version", "-c", "show bgp summary")
    assert (done.returncode, "FRRouting" in done.stdout, "10.255.0.4" in done.stdout) == (0, True, True)


def test_a_daemon_that_hangs_is_named_and_holds_up_no_other(lab: LiveLab) -> None:
    assert lab.run("pe1", "pkill -STOP bgpd").returncode == 0
    try:
        began = time.monotonic()
        done = lab.l3vpn("shell", "pe1", "-c", "show ip route vrf red")
        assert (done.returncode, "172.16.1.0/24" in done.stdout) == (0, True)
        assert time.monotonic() - began < 10
        done = lab.l3vpn("show", "pe1", "bgp", "summary")
        assert (done.returncode, done.stdout) == (4, "")
        assert done.stderr.splitlines() == [
            "l3vpn: waiting for bgpd on pe1",
            "l3vpn: bgpd on pe1 does not answer: no answer to `show bgp summary`",
        ]
        assert time.monotonic() - began < 40
    finally:
        lab.run("pe1", "pkill -CONT bgpd")


def test_a_line_that_frr_refuses_is_told_and_the_other_nodes_are_finished(
    lab: LiveLab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def with_a_mistake(intent: Lab, node: str, version: str) -> str:
        right = frr_configuration(intent, node, version)
        # 17 bits are one too many: taken by `vtysh -C`'s grammar only if it has no such limit.
        return right.replace("timers 3 9", "timers 3 99999") if node == "red1" else right

    monkeypatch.setenv("XDG_STATE_HOME", str(lab.terminal.state))
    assert lab.run("blue2", "sysctl -qw net.ipv4.ip_forward=0").returncode == 0
    with monkeypatch.context() as patch:
        patch.setattr(pushing, "frr_configuration", with_a_mistake)
        assert cli.main(["push", lab.name]) == 4
    told = capsys.readouterr()
    (line,) = told.err.splitlines()
    assert line.startswith("l3vpn: red1: refused `")
    assert "timers 3 99999" in line
    assert "changed blue2" in told.out
    assert cli.main(["diff", lab.name]) == 0


# ---- The proof as pytest -----------------------------------------------------------------------


def test_pytest_has_one_item_for_each_check(lab: LiveLab) -> None:
    report = lab.terminal.verify(lab.name, timeout=30)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--l3vpn", "-p", "no:cacheprovider", "labs/two-vpns"],
        env=os.environ | {"XDG_STATE_HOME": str(lab.terminal.state)},
        cwd=Path(__file__).parents[2],
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{report['summary']['checks']} passed" in done.stdout
