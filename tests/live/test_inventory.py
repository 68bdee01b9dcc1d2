"""What other programs are given of a running lab: plain nornir, plain ssh, and a browser."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.unit.live.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.live.conftest import LiveLab

# A person's own nornir program, in a process of its own as it would be.
PROGRAM = """
import json, sys
from nornir import InitNornir
from nornir_netmiko.tasks import netmiko_send_command
files = {f"{name}_file": f"{sys.argv[1]}/{plural}.yaml"
         for name, plural in (("host", "hosts"), ("group", "groups"), ("defaults", "defaults"))}
nornir = InitNornir(inventory={"plugin": "SimpleInventory", "options": files}, logging={"enabled": False})
pes = nornir.filter(filter_func=lambda host: host.has_parent_group("pe"))
results = pes.run(netmiko_send_command, command_string="vtysh -c 'show mpls table'")
print(json.dumps({name: str(result[0].result) for name, result in results.items()}))
"""


def test_plain_nornir_asks_the_pes(lab: LiveLab, tmp_path: Path) -> None:
    assert lab.l3vpn("inventory", "--write", tmp_path).returncode == 0
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env=lab.terminal.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert sorted(answers) == ["pe1", "pe2"]
    assert all("BGP" in answer and " red " in answer for answer in answers.values()), answers


def test_plain_ssh_knows_nodes_by_name(lab: LiveLab, tmp_path: Path) -> None:
    folder = tmp_path / """what "they" call 'my' %h \\ labs"""
    assert lab.l3vpn("inventory", "--write", folder).returncode == 0
    done = subprocess.run(
        ["ssh", "-F", str(folder / "ssh_config"), f"p1.{lab.name}", "hostname"],
        env=lab.terminal.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "p1\n"), done.stderr


UNPLUG_LDP = "vtysh -c 'conf t' -c 'mpls ldp' -c 'address-family ipv4' -c 'no interface eth1'"


def until(
    events: Iterator[dict[str, object]], there: Callable[[dict[str, object]], bool]
) -> dict[str, object]:
    """The first event of that kind."""
    return next(one for one in events if there(one))


def kinds(event: dict[str, object]) -> set[str]:
    """What changed so far, in words."""
    log = event["log"]
    assert isinstance(log, list)
    return {f"{one['kind']} {one['what']}" for one in log}


@pytest.mark.slow  # two programs that verify without a pause: minutes on a busy machine
def test_a_browser_follows_what_hands_do_and_fails_a_link(lab: LiveLab) -> None:
    serving = lab.terminal.begin("serve", lab.name, "--control")
    watching = lab.terminal.begin("watch", lab.name)
    try:
        assert serving.stdout is not None
        client = Client(serving.stdout.readline().split()[1])
        with client.events() as events:
            until(events, lambda one: one["verdict"] == "holds")
            assert "All 405 checks hold" in client.ask(client.root + "report")[1]

            assert lab.run("pe1", UNPLUG_LDP).returncode == 0
            until(events, lambda one: {"broken ldp.interfaces.pe1", "differs pe1"} <= kinds(one))
            assert "interface eth1" in client.ask(client.root + "node/pe1")[1]
            assert "does not arrive" in client.ask(client.root + "path/red1/red2")[1]
            assert lab.push().returncode == 0
            until(events, lambda one: one["verdict"] == "holds" and "as wanted pe1" in kinds(one))

            said = client.order("fail", {"target": "pe1-red1", "how": ""})
            assert said == (200, "link pe1-red1 cut")
            failed = until(events, lambda one: bool(one["failed"]))["failed"]
            assert failed == [{"what": "link pe1-red1 cut", "target": "pe1-red1"}]
            assert client.order("restore", {"target": "pe1-red1"})[0] == 200
            until(events, lambda one: one["verdict"] == "holds" and not one["failed"])
    finally:
        for one in (serving, watching):
            one.send_signal(signal.SIGINT)
    assert serving.communicate(timeout=20)[0].splitlines()[-1] == "l3vpn: interrupted"
    lines = watching.communicate(timeout=20)[0].splitlines()
    assert (serving.returncode, watching.returncode) == (130, 130)
    assert "all 405 checks hold" in lines[0]
    assert any("broken     ldp.interfaces.pe1" in line for line in lines), lines
    assert any("healed     ldp.interfaces.pe1" in line for line in lines), lines
