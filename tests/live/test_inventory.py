"""What other programs are given of a running lab: plain nornir and plain ssh find their way in."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
