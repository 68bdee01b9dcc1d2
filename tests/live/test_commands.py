"""What commands show of a running lab, and change on it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator import cli
from orchestrator.fleet import comparing
from orchestrator.render.frr import frr_configuration

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from tests.live.conftest import LiveLab

pytestmark = pytest.mark.live


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


def test_exec_passes_output_and_status_through(lab: LiveLab) -> None:
    done = lab.run("pe1", "echo out; echo err >&2; exit 7")
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")
    done = lab.l3vpn("exec", "p1", "--", "vtysh", "-c", "show mpls table")
    assert done.returncode == 0
    assert "implicit-null" in done.stdout


def test_show_asks_several_routers_and_shell_runs_lines(lab: LiveLab) -> None:
    done = lab.l3vpn("show", "pe1,pe2", "ip", "route", "vrf", "red")
    assert done.returncode == 0
    assert done.stderr in {"", "l3vpn: waiting for zebra on pe1, pe2\n"}  # after a second, on a busy machine
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


def test_a_line_that_frr_refuses_is_reported_and_the_other_nodes_are_finished(
    lab: LiveLab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def with_a_mistake(intent: Lab, node: str, version: str) -> str:
        right = frr_configuration(intent, node, version)
        # 17 bits are one too many: taken by `vtysh -C`'s grammar only if it has no such limit.
        return right.replace("timers 3 9", "timers 3 99999") if node == "red1" else right

    monkeypatch.setenv("XDG_STATE_HOME", str(lab.terminal.state))
    assert lab.run("blue2", "sysctl -qw net.ipv4.ip_forward=0").returncode == 0
    with monkeypatch.context() as patch:
        patch.setattr(comparing, "frr_configuration", with_a_mistake)
        assert cli.main(["push", lab.name]) == 4
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert line.startswith("l3vpn: red1: refused `")
    assert "timers 3 99999" in line
    assert "changed blue2" in shown.out
    assert cli.main(["diff", lab.name]) == 0


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
