"""A lab over two machines that are reached by ssh (two kernels of a guest play them), as on one machine."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import ssh
from orchestrator.hosts.guest import Guest
from orchestrator.settings import Places
from tests.live.conftest import LiveLab
from tests.live.here import RECIPE, SETTINGS
from tests.live.terminal import Terminal, proven

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.live.terminal import Completed

pytestmark = pytest.mark.live

HOST = "ssh://west,ssh://east"
CROSSING = "p1:eth2--p2:eth1"  # the one link between the halves
FULL_SIZE = 9500 - 28  # octets of data in an ICMP message

# How the user's ssh gets there: from inside the network namespace that the machines hang on.
DIAL = """
import sys
from ipaddress import IPv4Address
from orchestrator.commands.proxy import relay
from orchestrator.hosts import ssh
from orchestrator.hosts.guest import Guest
from orchestrator.settings import Settings
relay(Guest.attach(Settings.here().places).dial(IPv4Address(sys.argv[1]), 22))
"""


@dataclass(frozen=True, slots=True)
class Machines:
    """Machines that the user's ssh configuration calls `west` and `east`."""

    guest: Guest
    folder: Path

    def run(self, command: str) -> list[str]:
        """What root of each gets to see."""
        return [
            one.run(command, timeout=20).expect_ok(command).text for one in self.guest.kernels
        ]

    def cut_off(self, name: str, *, cut: bool = True) -> None:
        """Let nobody reach a machine, or everybody."""
        flag = self.folder / f"{name}.off"
        flag.touch() if cut else flag.unlink()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    folder = tmp_path_factory.mktemp("machines")
    places = Places(cache=SETTINGS.places.cache, state=folder / "theirs" / "l3vpn")
    guest = Guest.start(lambda _: None, places, RECIPE, kernels=2)
    try:
        config = ""
        for name, kernel in zip(("west", "east"), guest.kernels, strict=True):
            dial = f"{sys.executable} -c {shlex.quote(DIAL)} {kernel.address}"
            script = folder / name
            script.write_text(
                f"#!/bin/sh\n[ ! -e {script}.off ] || exit 1\nXDG_STATE_HOME={folder / 'theirs'} exec {dial}\n"
            )
            script.chmod(0o755)
            config += (
                f"Host {name}\n    User root\n    HostKeyAlias {kernel.address}\n"
                f"    IdentityFile {guest.keys.login.private}\n"
                f"    StrictHostKeyChecking no\n    UserKnownHostsFile {folder / 'known_hosts'}\n"
                f"    ProxyCommand {script}\n"
            )
            # They have the tree already: they run on it. Copying it is tested with one machine.
            tree = ssh.where(RECIPE)
            kernel.run(f"mkdir -p {tree.parent} && ln -s / {tree}", timeout=20).expect_ok("place the tree")
        (folder / "ssh_config").write_text(config)
        yield Machines(guest, folder)
    finally:
        guest.close()
        Guest.stop(lambda _: None, places)


@pytest.fixture(scope="module")
def spread(machines: Machines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """`two-vpns` on both; taken down at the end, and nothing is left on either."""
    terminal = Terminal(tmp_path_factory.mktemp("ours"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("L3VPN_SSH_OPTIONS", f"-F {machines.folder / 'ssh_config'}")
        before = machines.run(LEFT)
        assert proven(terminal.l3vpn("up", "two-vpns", "--host", HOST))
        yield LiveLab(terminal, "two-vpns")
        down = terminal.l3vpn("down", "two-vpns")
        assert (down.returncode, terminal.left_over()) == (0, []), down.stdout + down.stderr
        assert machines.run(LEFT) == before


LEFT = "ls /sys/class/net /run/netns /run/l3vpn 2>&1; pgrep -l 'python|sshd|zebra|unshare' | wc -l; ss -Hlntu"


def test_x(spread: LiveLab, machines: Machines) -> None:
    print(machines.run(LEFT))
    print(machines.run("ls /run/netns"))
    print(spread.l3vpn("status").stdout)
