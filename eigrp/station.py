"""A BMP monitoring station (RFC 7854 section 3.2): where bgpd's `bmp connect` comes in."""

from __future__ import annotations

import logging
import selectors
import socket
from typing import TYPE_CHECKING, Final

from eigrp import bmp
from eigrp.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eigrp.bmp import Message

log: Final = logging.getLogger("eigrp")
_HOST: Final = "127.0.0.1"
_CHUNK: Final = 1 << 16


class Station:
    """Listens on a port of the loopback address and reads one session; a new one takes its place.

    bgpd dials again by itself, and tells everything from the beginning.

    Args:
        port: where to listen.
        selector: the loop's.
        hear: gets each message.
        lost: told, in words, when there is no session any more.

    Raises:
        OSError: the port is taken.
    """

    def __init__(
        self,
        port: int,
        selector: selectors.BaseSelector,
        hear: Callable[[Message], None],
        lost: Callable[[str], None],
    ) -> None:
        self.port = port
        self._selector, self._hear, self._lost = selector, hear, lost
        self._session: socket.socket | None = None
        self._data = bytearray()
        self._door = socket.create_server((_HOST, port))
        self._door.settimeout(0)
        selector.register(self._door, selectors.EVENT_READ, self._accept)

    def close(self) -> None:
        """Listen no longer."""
        self._selector.unregister(self._door)
        self._door.close()
        self._end("not listening")

    @property
    def connected(self) -> bool:
        """Whether bgpd is there."""
        return self._session is not None

    def renew(self) -> None:
        """Have bgpd tell everything once more: it dials again by itself, and what is known stays known.

        A change that comes while bgpd goes through its table was now and then never told (seen on FRR 10.3).
        """
        self._hang_up("renewed")

    def _accept(self) -> None:
        try:
            session, _ = self._door.accept()
        except OSError:
            return  # gone again
        self._end("replaced by a new session")
        session.settimeout(0)
        self._session = session
        self._selector.register(session, selectors.EVENT_READ, self._read)

    def _read(self) -> None:
        if self._session is None:
            return
        try:
            data = self._session.recv(_CHUNK)
            self._data += data
            for raw in bmp.split(self._data):
                self._understand(raw)
        except BlockingIOError:
            return
        except (OSError, DecodeError) as error:
            self._end(f"lost: {error}")
            return
        if not data:
            self._end("lost: bgpd closed the session")

    def _understand(self, raw: bytes) -> None:
        try:
            message = bmp.decode(raw)
        except DecodeError as error:  # the next message begins where it should
            log.warning("BMP on port %d: a message is not understood: %s", self.port, error)
            return
        if message is not None:
            self._hear(message)

    def _end(self, reason: str) -> None:
        if self._hang_up(reason):
            self._lost(reason)

    def _hang_up(self, reason: str) -> bool:
        if self._session is None:
            return False
        self._selector.unregister(self._session)
        self._session.close()
        self._session = None
        self._data.clear()
        log.info("BMP on port %d: session %s", self.port, reason)
        return True
