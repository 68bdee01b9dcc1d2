"""A port of a pod as one of this machine: a kubectl that runs as long as it is wanted, and no longer."""

from __future__ import annotations

import re
import select
import socket
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from orchestrator.hosts.base import PortUnreachable
from orchestrator.printable import printable

if TYPE_CHECKING:
    from orchestrator.hosts.kubectl import Namespace

_START_SECONDS: Final = 30.0  # a kubectl starts, asks the API server, and that the kubelet
_FORWARDING: Final = re.compile(rb"^Forwarding from 127\.0\.0\.1:(\d+) ")
_NEWS: Final = b"Forwarding from", b"Handling connection"
_KEPT_LINES: Final = 10

_GUARD: Final = 'exec 3<&0; "$@" 3<&- </dev/null & exec >&- 2>&-; read -r end <&3; kill $!'
"""Ends kubectl with its own standard input: even where we are killed, nothing goes on listening."""


class PortForward:
    """Forwards a port of this machine, which kubectl picks, to one of a pod.

    Args:
        namespace: of the pod.
        pod: its name.
        port: of the pod.
    """

    def __init__(self, namespace: Namespace, pod: str, port: int) -> None:
        kubectl = namespace.argv("port-forward", "--address=127.0.0.1", f"pod/{pod}", f":{port}")
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "sh", *kubectl],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._said: list[bytes] = []
        self._port: int | None = None
        self._settled = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether kubectl runs."""
        return not self._ended.is_set()

    def connect(self, timeout: float) -> socket.socket:
        """Connect to the pod's port, and wait for its first word: kubectl answers before the pod does.

        Args:
            timeout: seconds for the connection, and again for the word; not for kubectl to start.

        Raises:
            PortUnreachable: kubectl does not forward it, or nobody speaks there.
        """
        self._settled.wait(_START_SECONDS)
        if self._port is None:
            silent = f"kubectl port-forward has said nothing for {_START_SECONDS:g} s"
            raise PortUnreachable(self._complaint() or silent)
        with suppress(OSError):
            link = socket.create_connection(("127.0.0.1", self._port), timeout)
            with suppress(OSError):
                if select.select([link], [], [], timeout)[0] and link.recv(1, socket.MSG_PEEK):
                    return link
            link.close()
        raise PortUnreachable(self._complaint() or "silent")

    def close(self) -> None:
        """End kubectl, and all connections through it."""
        assert self._guard.stdin is not None  # noqa: S101 -- a pipe
        self._guard.stdin.close()
        self._guard.wait()

    def _complaint(self) -> str:
        """What kubectl says that is no news of a port; "" for nothing."""
        lines = [one for one in self._said if not one.startswith(_NEWS)]
        return printable(lines[-1].decode("utf-8", "replace").strip()) if lines else ""

    def _listen(self) -> None:
        assert self._guard.stdout is not None  # noqa: S101 -- a pipe
        with self._guard.stdout as output:
            for line in output:
                self._said = [*self._said[1 - _KEPT_LINES :], line]
                if (found := _FORWARDING.match(line)) and self._port is None:
                    self._port = int(found[1])
                    self._settled.set()
        self._ended.set()
        self._settled.set()
