"""A port of this machine that leads to one in the guest's network, where kubectl does not get by itself."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from orchestrator.hosts.base import HostError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.hosts.guest import Guest


@contextmanager
def relay(guest: Guest, address: IPv4Address, port: int) -> Iterator[int]:
    """The port of this machine."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        threading.Thread(target=_serve, args=(server, guest, address, port), daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, guest: Guest, address: IPv4Address, port: int) -> None:
    while True:
        try:
            near, _ = server.accept()
        except OSError:
            return
        try:
            far = guest.dial(address, port, timeout=30)
        except HostError:
            near.close()
            continue
        threading.Thread(target=_join, args=(near, far), daemon=True).start()


def _join(near: socket.socket, far: socket.socket) -> None:
    with near, far:
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while said := one.recv(1 << 16):
            other.sendall(said)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
