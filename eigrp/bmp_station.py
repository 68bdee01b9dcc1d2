"""A BMP monitoring station (RFC 7854 section 3.2): where bgpd's `bmp connect` comes in."""

from __future__ import annotations

import logging
import selectors
import socket
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

from eigrp import bmp
from eigrp.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eigrp.bmp import Message

log: Final = logging.getLogger("eigrp")
_HOST: Final = "127.0.0.1"
_CHUNK: Final = 1 << 16
_SESSIONS: Final = 2


@dataclass(slots=True)
class _Session:
    """One of bgpd's: its socket, and what has come of a message that is not whole yet."""

    socket: socket.socket
    data: bytearray = field(default_factory=bytearray)


class Station:
    """Listens on a port of the loopback address and reads two sessions; a third takes the elder one's place.

    bgpd dials again by itself, and sends all routes: its dump. In FRR 8.4, 10.3 and 10.7 a change that comes
    meanwhile may be lost (`bmp_wrqueue` in bgp_bmp.c): how far the dump is bgpd knows by the prefix alone,
    not by the route distinguisher, and takes for still to come what it has passed. And a busy machine's dump
    may stop where a route distinguisher begins, until there is news, which is then lost: a step of
    `bmp_wrsync` that writes nothing is the last one to `pullwr_run`. So bgpd has a second session to us, of
    a target of its own, and one is never renewed without the other; and it sends statistics, which only wake
    its writer.

    Past its dump a session has changes and withdrawals as they happen. Before FRR 10.6 the writer falls
    asleep there, too, over routes in the queue whose neighbour was lost.

    Args:
        port: where to listen.
        selector: the loop's.
        on_message: gets a session's number and each of its messages.
        ended: called with the session's number and the reason when it is over.

    Raises:
        OSError: the port is taken.
    """

    def __init__(
        self,
        port: int,
        selector: selectors.BaseSelector,
        on_message: Callable[[int, Message], None],
        ended: Callable[[int, str], None],
    ) -> None:
        self.port = port
        self._selector, self._on_message, self._ended = selector, on_message, ended
        self._sessions: dict[int, _Session] = {}
        self._numbers = count(1)
        self._listener = socket.create_server((_HOST, port))
        self._listener.settimeout(0)
        selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def close(self) -> None:
        """Listen no longer."""
        self._selector.unregister(self._listener)
        self._listener.close()
        for number in list(self._sessions):
            self._end(number, "not listening")

    def renew(self, number: int) -> None:
        """Have bgpd send everything once more, in a session that takes this one's place."""
        self._end(number, "renewed")

    def _accept(self) -> None:
        try:
            session, _ = self._listener.accept()
        except OSError:
            return  # gone again
        if len(self._sessions) == _SESSIONS:
            self._end(min(self._sessions), "replaced by a new session")
        session.settimeout(0)
        number = next(self._numbers)
        self._sessions[number] = _Session(session)
        self._selector.register(session, selectors.EVENT_READ, lambda: self._read(number))

    def _read(self, number: int) -> None:
        session = self._sessions.get(number)
        if session is None:
            return
        try:
            data = session.socket.recv(_CHUNK)
            session.data += data
            for raw in bmp.split(session.data):
                self._understand(number, raw)
        except BlockingIOError:
            return
        except (OSError, DecodeError) as error:
            self._end(number, f"lost: {error}")
            return
        if not data:
            self._end(number, "lost: bgpd closed the session")

    def _understand(self, number: int, raw: bytes) -> None:
        try:
            message = bmp.decode(raw)
        except DecodeError as error:  # the next message begins where it should
            log.warning("BMP on port %d: a message is not understood: %s", self.port, error)
            return
        if message is not None:
            self._on_message(number, message)

    def _end(self, number: int, reason: str) -> None:
        session = self._sessions.pop(number)
        self._selector.unregister(session.socket)
        session.socket.close()
        log.info("BMP on port %d: session %s", self.port, reason)
        self._ended(number, reason)
