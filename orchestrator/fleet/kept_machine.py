"""Commands on the guest over a connection that outlives this one: joining it costs a round trip."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.fleet.errors import CannotConnect, SessionError
from orchestrator.fleet.kept import KeptChannel, NoKeeper, log_in
from orchestrator.fleet.program import Program
from orchestrator.fleet.pulse import Pulse
from orchestrator.fleet.session import Login
from orchestrator.hosts.remote import ConnectionLost, as_program, directly, still_running

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from orchestrator.fleet.kept import Kept
    from orchestrator.hosts.base import Completed
    from orchestrator.hosts.keys import Keys
    from orchestrator.hosts.remote import Connection, Dial

_ROOT: Final = "root"
_PATIENCE: Final = 15.0  # seconds for each step of logging in


class _Deaf(Pulse):
    """What a command says gives it no more time."""

    def beat(self) -> None:
        """Nothing."""


class KeptMachine:
    """A machine that the keeper is logged in to; see `Connection`.

    The keeper is asked anew for each command, and has the machine answer before. Where there is none, this
    process has a connection of its own.

    Args:
        kept: the keeper; it is not started for this.
        who, address, dial, keys: see `Connect`.
    """

    def __init__(self, kept: Kept, who: str, address: IPv4Address, dial: Dial, keys: Keys) -> None:
        self._kept = kept
        self._who = f"{_ROOT} of {who}"
        self._address = address
        self._access = Login(dial, keys.login.private, keys.known_machine(address), _PATIENCE, Pulse())
        self._directly = partial(directly, who, address, dial, keys)
        self._lock = threading.Lock()
        self._own: Connection | None = None
        self._running: set[KeptChannel] = set()
        self._log_in()

    @property
    def alive(self) -> bool:
        """Whether the connection stands; the keeper makes it again if need be."""
        return self._own is None or self._own.alive

    def run(self, command: str, *, stdin: bytes, timeout: float) -> Completed:
        """See `Connection`."""
        self._log_in()
        if (own := self._own) is not None:
            return own.run(command, stdin=stdin, timeout=timeout)
        channel, deadline = KeptChannel(self._kept, self._who), _Deaf().deadline(timeout)
        with self._lock:
            self._running.add(channel)
        try:
            return Program(channel, as_program(command)).finish(stdin, deadline)
        except SessionError as error:
            if deadline.left <= 0:
                raise still_running(command, timeout) from None
            raise ConnectionLost(f"the SSH connection has ended: {error}") from None
        finally:
            with self._lock:
                self._running.discard(channel)

    def close(self) -> None:
        """See `Connection`."""
        with self._lock:
            own, running = self._own, list(self._running)
        for channel in running:
            channel.close()
        if own is not None:
            own.close()

    def _log_in(self) -> None:
        """Have the keeper do it; where there is none, do it here."""
        if self._own is not None:
            return
        try:
            log_in(self._kept, self._who, self._address, _ROOT, self._access, start=False)
        except NoKeeper:
            with self._lock:
                if self._own is None:
                    self._own = self._directly()
        except CannotConnect as error:
            raise ConnectionLost(f"no SSH session: {error}") from None
