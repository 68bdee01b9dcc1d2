"""TCP connections made inside another network namespace, used outside of it.

A socket belongs for ever to the namespace it was made in, whoever holds it. So one long-lived child
in the namespace makes them and passes them out; sessions to nodes then are plain TCP,
not tunnelled in another SSH.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.hosts.base import HostError, PortUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address

_CHILD = Path(__file__).with_name("dialer_child.py")
_REASON = 1024
_GRACE = 5.0  # seconds on top of a connection's own timeout, after which the child must have answered


class DialerGone(HostError):  # noqa: N818 -- see base.py
    """The child in the namespace has ended."""


class Dialer:
    """Makes connections in a namespace; safe to use from many threads at once.

    Args:
        enter: command prefix that enters the namespace.
    """

    def __init__(self, enter: Sequence[str]) -> None:
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._child = subprocess.Popen(
                [*enter, sys.executable, "-I", "-S", str(_CHILD)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )

    def dial(self, address: IPv4Address, port: int, timeout: float) -> socket.socket:
        """Connect, from inside the namespace.

        Raises:
            PortUnreachable: refused, no route, or silent for `timeout` seconds.
            DialerGone: the child has ended, so most likely its namespace has.
        """
        # An answer comes on a socket of the request's own: nothing to sort, nothing to lock.
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs:
                try:
                    request = f"{address} {port} {timeout}".encode()
                    socket.send_fds(self._requests, [request], [theirs.fileno()])
                except OSError as error:
                    raise DialerGone("nothing dials any more") from error
            ours.settimeout(timeout + _GRACE)
            try:
                said, handles, _, _ = socket.recv_fds(ours, _REASON, 1)
            except OSError as error:
                raise DialerGone("nothing dials any more") from error
        if handles:
            return socket.socket(fileno=handles[0])
        if not said:
            raise DialerGone("nothing dials any more")
        raise PortUnreachable(f"{address} port {port}: {said.decode().lower()}")

    def close(self) -> None:
        """End the child; connections that were handed out stay."""
        with contextlib.suppress(OSError):
            self._requests.shutdown(socket.SHUT_RDWR)
        self._requests.close()
        self._child.wait()
