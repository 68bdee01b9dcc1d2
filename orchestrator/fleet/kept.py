"""Connections to nodes that outlive a command, in place of one's own: the client of `keeper`."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orchestrator.errors import L3vpnError
from orchestrator.fleet.dialogue import Dialogue, Sh, Vtysh
from orchestrator.fleet.errors import CannotConnect, NoAnswer, SessionError, SessionLost
from orchestrator.fleet.session import Session
from orchestrator.hosts.base import HostError
from orchestrator.hosts.files import private_folder
from orchestrator.hosts.locks import alone
from orchestrator.hosts.remote import SSH

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Address

    from orchestrator.fleet.dialogue import Syntax
    from orchestrator.fleet.session import Login

_CODE: Final = ("keeper.py", "kept.py", "connection.py")
_PROOF: Final = 3.0  # seconds in which a shell that stood idle must answer
_DAEMONS: Final = "show daemons"
_SOCKETS: Final = "echo /run/frr/*.vty"
_WORD: Final = 1 << 17
_BACKLOG: Final = 64
_ERRORS: Final = {one.__name__: one for one in (CannotConnect, NoAnswer, SessionLost)}


class NoKeeper(L3vpnError):  # noqa: N818 -- says what happened
    """Nothing keeps connections here: there is none, or it does not do what it should."""


def _begin(listening: socket.socket) -> None:
    """By a shell that ends at once: the keeper is no child of ours, whom we would have to outlive."""
    keeper = (sys.executable, "-m", "orchestrator.fleet.keeper", str(listening.fileno()))
    subprocess.run(
        ["/bin/sh", "-c", '"$@" &', "sh", *keeper],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        pass_fds=[listening.fileno()],
        start_new_session=True,
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """The keeper of an installation.

    Args:
        folder: where its socket is; private.
        begin: has it serve on a socket that listens, and does not wait for it.
    """

    folder: Path
    begin: Callable[[socket.socket], None] = _begin

    def ask(
        self, request: dict[str, Any], *, handles: tuple[int, ...] = (), start: bool = True
    ) -> socket.socket:
        """Put a request to it, started if it is not there; the connection that the answer comes on.

        Raises:
            NoKeeper: it cannot be started.
        """
        try:
            connection = self._connected(start=start)
        except OSError as error:
            raise NoKeeper from error
        try:
            socket.send_fds(connection, [json.dumps(request).encode()], list(handles))
        except OSError as error:
            connection.close()
            raise NoKeeper from error
        return connection

    def start(self) -> None:
        """See that it is there: it takes half a second, which somebody else may work meanwhile."""
        with suppress(OSError):
            self._connected(start=True).close()

    def drop(self, who: str) -> None:
        """Have it let go of a connection."""
        self._tell({"do": "drop", "who": who})

    def end(self) -> None:
        """End it, if it is there, and all that it keeps."""
        self._tell({"do": "end"})

    def _tell(self, request: dict[str, Any]) -> None:
        """Have it do something, and see it done: it says nothing to that but goodbye."""
        with suppress(NoKeeper, OSError), self.ask(request, start=False) as connection:
            connection.settimeout(_PROOF)
            connection.recv(1)

    def _connected(self, *, start: bool) -> socket.socket:
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return self._connect()
        if not start:
            raise FileNotFoundError
        private_folder(self.folder)
        with alone(self.folder / "lock", "", lambda _: None):
            with suppress(FileNotFoundError, ConnectionRefusedError):
                return self._connect()
            self._listen()
            return self._connect()

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * _WORD)
        try:
            self._at_socket(connection.connect)
        except OSError:
            connection.close()
            raise
        return connection

    def _listen(self) -> None:
        """Begin on a socket that we listen on for it: whoever comes too early waits there."""
        for old in self.folder.glob("keeper-*"):
            old.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            self._at_socket(listening.bind)
            listening.listen(_BACKLOG)
            self.begin(listening)

    def _at_socket(self, do: Callable[[str], None]) -> None:
        """By way of its folder, opened: a socket's path has room for 107 characters."""
        folder = os.open(self.folder, os.O_PATH | os.O_DIRECTORY)
        try:
            do(f"/proc/self/fd/{folder}/{_name()}")
        finally:
            os.close(folder)


def _name() -> str:
    """For each version of this program another one: they may not understand each other."""
    here = Path(__file__)
    code = b"".join(here.with_name(name).read_bytes() for name in _CODE)
    return f"keeper-{hashlib.sha256(code).hexdigest()[:12]}"


def log_in(  # noqa: PLR0913 -- what an SSH client is told
    kept: Kept, who: str, address: IPv4Address, user: str, access: Login, *, start: bool = True
) -> None:
    """See that the keeper has a connection that has just been answered on; else it is made.

    Args:
        kept: the keeper.
        who: what the connection is known by; another machine at the same address is somebody else.
        address: where to log in.
        user: as whom.
        access: how.
        start: start the keeper if it is not there.

    Raises:
        CannotConnect: says why.
        NoKeeper: there is none.
    """
    request = {
        "do": "login",
        "who": who,
        "address": str(address),
        "user": user,
        "key": str(access.key),
        "known_hosts": str(access.known_hosts),
        "patience": access.patience,
    }
    with kept.ask(request, start=start) as connection:
        connection.settimeout(2 * access.patience)
        try:
            said = _answer(connection)
            if said == b"need":
                _dial(connection, address, access)
                _answer(connection)
        except TimeoutError:
            raise CannotConnect(f"no SSH at {address}") from None


class KeptSession(Session):
    """A node that the keeper is logged in to.

    Nothing of it is taken on trust: the node has answered on the connection when it is taken, and so has each
    shell that had stood idle. A vtysh asks the daemons that it found when it was started, so one that stood
    idle must know all that are there now, and no other.
    """

    def __init__(self, kept: Kept, who: str, access: Login) -> None:
        self._kept = kept
        self._who = who
        self._channels: list[KeptChannel] = []
        self._closed = False
        self.pulse = access.pulse
        self.pulse.beat()

    @classmethod
    def open(cls, address: IPv4Address, user: str, access: Login, kept: Kept) -> KeptSession:
        """Take the connection that is kept, or have a new one made.

        Raises:
            CannotConnect: says why.
            NoKeeper: there is none.
        """
        who = f"{user}@{address} {_known(access.known_hosts, address)}"
        log_in(kept, who, address, user, access)
        return cls(kept, who, access)

    def new_channel(self) -> KeptChannel:
        """See `Session`."""
        self._channels = [one for one in self._channels if one.active]
        self._channels.append(channel := KeptChannel(self._kept, self._who))
        if self._closed:
            raise SessionLost("the connection was closed")
        return channel

    def close(self) -> None:
        """See `Session`; shells that owe nothing may stand idle. From any thread: what waits here ends."""
        self._closed = True
        if self.lost:
            self._kept.drop(self._who)
        else:
            for dialogue in self._lanes.idle():
                _let_rest(dialogue)
        for channel in self._channels:
            channel.close()

    def _converse(self, syntax: Syntax) -> Dialogue:
        while True:
            channel = self.new_channel()
            dialogue = Dialogue(channel, syntax, self.pulse)
            if not channel.again or self._proved(dialogue, syntax):
                return dialogue
            dialogue.close()

    def _proved(self, dialogue: Dialogue, syntax: Syntax) -> bool:
        try:
            if not dialogue.answers(self.pulse.deadline(_PROOF)):
                return False
            if not isinstance(syntax, Vtysh):
                return True
            shell = self._converse(Sh())
            known, there = self._said(dialogue, _DAEMONS), self._said(shell, _SOCKETS)
            _let_rest(shell)
        except SessionLost:
            return False
        return set(known.split()) == {Path(one).stem for one in there.split()}

    def _said(self, dialogue: Dialogue, command: str) -> str:
        pending = dialogue.send([command])
        pending.receive(self.pulse.deadline(_PROOF))
        return pending.answers.get(command, ("", 0))[0]


class KeptChannel:
    """What `paramiko.Channel` is to who runs a program in it, at the far end of the keeper.

    Attributes:
        again: whether the program had stood idle since another command.
        exit_status: of the program; -1 until it is known.
    """

    def __init__(self, kept: Kept, who: str) -> None:
        self._kept, self._who = kept, who
        self._talk: socket.socket | None = None
        self._control: socket.socket | None = None
        self._timeout: float | None = None
        self._complaint = b""
        self._over = False
        self._closed = False
        self.again = False
        self.exit_status = -1

    @property
    def status_event(self) -> KeptChannel:
        """Where its end can be waited for."""
        return self

    @property
    def active(self) -> bool:
        """Whether it has not been let go of."""
        return not self._closed

    def get_transport(self) -> KeptChannel:
        """Whose `is_active` says whether there is a connection."""
        return self

    def is_active(self) -> bool:
        """Whether there is."""
        return not self._over

    def exec_command(self, program: str) -> None:
        """Run it, or take one that stood idle.

        Raises:
            SessionLost: there is no connection any more; nothing was run.
            EOFError: it was lost while it was to run.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                request = {"do": "open", "who": self._who, "program": program}
                self._control = self._kept.ask(request, handles=(theirs.fileno(),), start=False)
                self._talk = ours
                said = _answer(self._control)
            except (NoKeeper, SessionError) as error:
                ours.close()
                if self._control is None or isinstance(error, SessionLost):
                    raise SessionLost(str(error) or "the connection was lost") from None
                raise EOFError(str(error)) from None
        self.again = said == b"again"
        if self._closed:  # meanwhile
            self.close()
            raise SessionLost("the connection was closed")

    def settimeout(self, seconds: float | None) -> None:
        """For all that waits here."""
        self._timeout = seconds

    def recv(self, most: int) -> bytes:
        """What it says; nothing once it has ended."""
        return self._received(self._talk, most, self._timeout)

    def recv_stderr(self, most: int) -> bytes:
        """What it complains of; nothing once it has ended."""
        del most  # a word of the keeper's is short
        if not self._complaint:
            self._listen(self._timeout)
        said, self._complaint = self._complaint, b""
        return said

    def send(self, data: bytes) -> int:
        """Let it read some of this; how much."""
        talk = self._open(self._talk)
        talk.settimeout(_positive(self._timeout))
        return talk.send(data)

    def sendall(self, data: bytes) -> None:
        """Let it read this."""
        talk = self._open(self._talk)
        talk.settimeout(_positive(self._timeout))
        talk.sendall(data)

    def shutdown_write(self) -> None:
        """Let it read no more."""
        self._open(self._control).send(b"eof")
        self._open(self._talk).shutdown(socket.SHUT_WR)

    def wait(self, timeout: float | None = None) -> bool:
        """Until it has ended; whether it has."""
        until = time.monotonic() + (timeout or 0.0)
        with suppress(TimeoutError):
            while not self._over and self.exit_status < 0:
                self._listen(max(0.0, until - time.monotonic()), keep=True)
        return self._over or self.exit_status >= 0

    def rest(self) -> None:
        """Let it stand idle, for another command: it owes no answer."""
        with suppress(OSError, EOFError):
            self._open(self._control).send(b"idle")
        self.close()

    def close(self) -> None:
        """Let go of it."""
        self._over = self._closed = True
        for one in (self._talk, self._control):
            if one is not None:
                with suppress(OSError):  # wakes whoever waits there
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def _listen(self, timeout: float | None, *, keep: bool = False) -> None:
        """One word of the keeper's."""
        if self._over or self.exit_status >= 0:
            return
        said = self._received(self._control, _WORD, timeout)
        if said[:1] == b"e":
            self._complaint = (self._complaint if keep else b"") + said[1:]
        elif said[:1] == b"x" and int(said[1:]) >= 0:
            self.exit_status = int(said[1:])
        else:
            self._over = True

    def _received(self, one: socket.socket | None, most: int, timeout: float | None) -> bytes:
        """What comes; nothing once it has ended, or somebody else has let go of it."""
        end = self._open(one)
        try:
            end.settimeout(_positive(timeout))
            return end.recv(most)
        except TimeoutError:
            raise
        except OSError:
            if self._closed:
                return b""
            raise

    @staticmethod
    def _open(one: socket.socket | None) -> socket.socket:
        if one is None:
            raise EOFError
        return one


def _positive(seconds: float | None) -> float | None:
    """A socket takes 0 for not waiting at all, and says so by another exception."""
    return None if seconds is None else max(0.001, seconds)


def _let_rest(dialogue: Dialogue) -> None:
    if isinstance(dialogue.channel, KeptChannel):
        dialogue.channel.rest()


def _dial(connection: socket.socket, address: IPv4Address, access: Login) -> None:
    """Connect to the node, and hand the connection over.

    Raises:
        CannotConnect: says why.
        NoKeeper: it has gone.
    """
    try:
        link = access.dial(address, SSH)
    except (HostError, OSError) as error:
        raise CannotConnect(" ".join(str(error).split()) or f"no SSH at {address}") from None
    with link:
        try:
            socket.send_fds(connection, [b"dialled"], [link.fileno()])
        except OSError as error:
            raise NoKeeper from error


def _known(known_hosts: Path, address: IPv4Address) -> str:
    try:
        lines = known_hosts.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith(f"{address} ")), "")


def _answer(connection: socket.socket) -> bytes:
    """What the keeper says.

    Raises:
        TimeoutError: nothing yet.
        NoKeeper: it has gone.
        SessionError: what it says of the node.
    """
    try:
        said = connection.recv(_WORD)
    except TimeoutError:
        raise
    except OSError as error:
        raise NoKeeper from error
    if not said:
        raise NoKeeper
    if said.startswith(b"- "):
        _, kind, why = said.decode().split(" ", 2)
        raise _ERRORS.get(kind, SessionLost)(why)
    return said
