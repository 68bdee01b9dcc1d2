"""`proxy`: ssh's ProxyCommand to a node."""

from __future__ import annotations

import os
import selectors
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.commands.resolve import joined_lab
from orchestrator.errors import ExitCode

if TYPE_CHECKING:
    import socket

    from orchestrator.settings import Settings

_SSH: Final = 22
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    node: str


def run(options: Options, settings: Settings) -> int:
    """Join standard input and output to the SSH server of a node: what ssh wants of a ProxyCommand."""
    with joined_lab(options, settings) as running:
        address = running.node(options.node).address
        with running.host.dial(address, _SSH) as link:
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
