"""The first failure on a bare machine: all commands to paste, at once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from orchestrator.hosts.first_look import lacking
from orchestrator.hosts.fixes import pasted
from orchestrator.hosts.machine import Namespaces
from tests.unit.hosts.test_doctor import LAPTOP

BARE = replace(
    LAPTOP,
    programs=frozenset({"unshare", "nsenter", "pivot_root", "apt-get"}),
    missing_packages=("mmdebstrap", "uidmap", "debian-archive-keyring"),
    namespaces=Namespaces("unshare: failed to execute newuidmap: No such file or directory"),
    tun_writable=False,
)


def test_a_bare_machine_is_reported_all_commands_and_what_they_are_for() -> None:
    assert lacking(BARE) == (
        "this machine is not ready for labs yet. Paste this, then try again:\n"
        "\n"
        "    sudo apt-get install python3-venv mmdebstrap uidmap debian-archive-keyring\n"
        "    sudo chmod 0666 /dev/net/tun\n"
        "\n"
        "It lacks:\n"
        "    venv module   Python needs it to make an environment\n"
        "    /dev/net/tun  the guest is reached through a TAP device\n"
        "    build tools   the node tree is built with mmdebstrap, uidmap, debian-archive-keyring"
    )


def test_without_apt_nothing_can_be_pasted() -> None:
    machine = replace(BARE, programs=BARE.programs - {"apt-get"}, tun_writable=True)
    assert lacking(machine).startswith("this machine is not ready for labs yet: venv module: Python needs")


def test_packages_are_installed_by_one_command_and_nothing_is_said_twice() -> None:
    fixes = (
        "sudo modprobe tun",
        "sudo apt-get install a",
        "",
        "sudo apt-get install b a",
        "sudo modprobe tun",
    )
    assert pasted(fixes) == ("sudo apt-get install a b", "sudo modprobe tun")


def test_it_runs_before_anything_is_installed() -> None:
    code = "from orchestrator.hosts import first_look; print('nothing but the standard library')"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout == "nothing but the standard library\n", done.stderr
