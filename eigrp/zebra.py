"""The connection to zebra: asking its version, and the two directions of its client protocol."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Final

from eigrp import zapi
from eigrp.errors import ZebraError
from eigrp.zapi import Hop, Redistributed, RibRoute

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Network
    from pathlib import Path

    from eigrp.effects import Install

_END: Final = b"\0\0\0"
_SECONDS: Final = 5.0
_CHUNK: Final = 1 << 16


class Zebra:
    """A client of zebra, of route type EIGRP. When the connection ends, zebra removes all its routes.

    Args:
        folder: where FRR keeps its sockets (`/run/frr`).

    Attributes:
        version: FRR's.
        vrfs: ids of the VRFs that zebra has announced; what concerns others it would drop.

    Raises:
        OSError: zebra is not there.
        ZebraError: zebra is of an unknown version.
    """

    def __init__(self, folder: Path) -> None:
        self.version, self._dialect = zapi.dialect_of(_show_version(folder / "zebra.vty"))
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(str(folder / "zserv.api"))
        except OSError:
            self.socket.close()
            raise
        self.socket.settimeout(0)
        self.vrfs: set[int] = set()
        self._in = bytearray()
        self._out = bytearray(zapi.hello(self._dialect))

    def add(self, vrf: int, route: Install, indexes: Mapping[str, int]) -> None:
        """Install a route; `indexes` are the kernel's numbers of interfaces."""
        hops = tuple(Hop(gateway, indexes[name]) for name, gateway in route.hops if name in indexes)
        if hops:
            wanted = RibRoute(route.prefix, hops, route.metric, route.distance, route.tag)
            self._out += zapi.route_add(self._dialect, vrf, wanted)

    def delete(self, vrf: int, prefix: IPv4Network) -> None:
        """Remove a route."""
        self._out += zapi.route_delete(self._dialect, vrf, prefix)

    def subscribe(self, vrf: int, source: str, *, wanted: bool) -> None:
        """Receive another protocol's routes, or no longer."""
        self._out += zapi.redistribute(self._dialect, vrf, source, wanted=wanted)

    @property
    def has_to_write(self) -> bool:
        """Whether something waits to be written."""
        return bool(self._out)

    def write(self) -> None:
        """Write what the socket takes.

        Raises:
            OSError: zebra is gone.
        """
        try:
            sent = self.socket.send(self._out)
        except BlockingIOError:
            return
        del self._out[:sent]

    def read(self) -> list[Redistributed]:
        """What zebra has said.

        Raises:
            OSError: zebra is gone.
            ZebraError: it says what its version should not.
        """
        try:
            data = self.socket.recv(_CHUNK)
        except BlockingIOError:
            return []
        if not data:
            raise ConnectionResetError("zebra closed the connection")
        self._in += data
        received = [self._understand(*each) for each in zapi.split(self._in)]
        return [each for each in received if each is not None]

    def _understand(self, command: int, vrf: int, body: bytes) -> Redistributed | None:
        if command == self._dialect.vrf_add:
            self.vrfs.add(vrf)
        elif command == self._dialect.vrf_delete:
            self.vrfs.discard(vrf)
        return zapi.read_redistributed(self._dialect, command, vrf, body)

    def close(self) -> None:
        """Zebra then removes our routes."""
        self.socket.close()


def _show_version(vty: Path) -> str:
    """Ask zebra through its terminal socket: a command and its answer each end with a NUL."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_SECONDS)
        line.connect(str(vty))
        line.sendall(b"show version\0")
        answer = b""
        while _END not in answer:
            more = line.recv(_CHUNK)
            if not more:
                raise ZebraError("zebra hung up instead of telling its version")
            answer += more
    return answer.partition(_END)[0].decode("utf-8", "replace")
