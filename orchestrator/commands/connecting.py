"""`inventory` and `proxy`: other programs' way into a running lab."""

from __future__ import annotations

import os
import selectors
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.commands.meaning import joined_lab
from orchestrator.errors import ExitCode
from orchestrator.hosts.keys import Keys
from orchestrator.lifecycle.inventory import DEFAULTS, GROUPS, HOSTS, inventory
from orchestrator.terminal import console

if TYPE_CHECKING:
    import argparse
    import socket

_SSH = 22
_CHUNK = 1 << 16


def run_inventory(given: argparse.Namespace) -> int:
    """The lab as a nornir SimpleInventory: printed, or written as files together with an `ssh_config`."""
    folder = Path(given.write or ".").resolve()
    with joined_lab(given) as running:
        made = inventory(running.lab, Keys.load_or_create(), folder)
    if given.write:
        made.write(folder)
        console().print(f"{folder}: {' '.join(sorted(made.files))}", markup=False)
        return ExitCode.PROVEN
    for name in (HOSTS, GROUPS, DEFAULTS):
        print(f"# {name}\n{made.files[name]}")
    return ExitCode.PROVEN


def run_proxy(given: argparse.Namespace) -> int:
    """Join standard input and output to the SSH server of a node: what ssh wants of a ProxyCommand."""
    with joined_lab(given) as running, running.host.dial(running.node(given.node).address, _SSH) as link:
        relay(link)
    return ExitCode.PROVEN


def relay(link: socket.socket) -> None:
    """Carry bytes both ways until either side is done."""
    here, there = sys.stdin.fileno(), sys.stdout.fileno()
    with selectors.DefaultSelector() as ready:
        ready.register(here, selectors.EVENT_READ)
        ready.register(link, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is link:
                    data = link.recv(_CHUNK)
                    _write(there, data)
                else:
                    data = os.read(here, _CHUNK)
                    link.sendall(data)
                if not data:
                    return


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
