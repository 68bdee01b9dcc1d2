"""A process that keeps SSH connections to nodes between commands, and the shells in them that stand idle.

Logging in to a node and starting vtysh there cost more than all that a verification then asks, so a command
gives its connections here and takes them again. The keeper knows no lab and asks nothing by itself: it logs
in where it is told to, passes bytes, and ends once nobody has used it for a minute. Started by `kept.Kept`,
never by hand.

A request is a datagram on a connection of its own (Unix, SOCK_SEQPACKET), a JSON object:

    {"do": "login", "who": NAME, "address":, "user":, "key":, "known_hosts":, "patience":}
        `have` if there is a connection that its node has just answered on, else `need`; to that comes the
        socket of a TCP connection to the node, and the answer is `have`, or `- KIND WHY`
    {"do": "open", "who": NAME, "program": SHELL TEXT} with a stream socket: the program's input and output
        `again` if it is one that stood idle, `new`, or `- KIND WHY`. Afterwards comes from the keeper `e` and
        what the program complains of, at last `x` and its exit status; from the client `eof` when its input
        ends, and `idle` if the program is to be kept
    {"do": "drop", "who": NAME}
        let go of the connection
    {"do": "end"}
        end, at once
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from orchestrator.fleet.connection import FrrConnection
from orchestrator.fleet.errors import NoAnswer, SessionError, SessionLost
from orchestrator.fleet.gone import gone
from orchestrator.fleet.pulse import Pulse
from orchestrator.fleet.session import Login

if TYPE_CHECKING:
    import paramiko

IDLE: Final = 60.0  # seconds without a client
_PROOF: Final = 3.0  # seconds in which a node must answer on a connection that was kept
_LARGEST: Final = 1 << 18  # a program's text may be one argument of a command: 128 KiB in Linux
_CHUNK: Final = 1 << 15
_MOST_IDLE_WORDS: Final = 1 << 12  # a shell may still print its prompt


@dataclass(slots=True)
class _Shell:
    """A program in a channel, and the client that it talks to, if any."""

    channel: paramiko.Channel
    talk: socket.socket | None
    control: socket.socket | None
    lock: threading.Lock = field(default_factory=threading.Lock)
    words: bytes = b""  # said while nobody listened
    complained: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        """Pass on what it says, until it ends."""
        for work in (self._pass_output, self._pass_complaints):
            threading.Thread(target=work, daemon=True).start()

    def take(self, talk: socket.socket, control: socket.socket) -> bool:
        """Let another client talk to it; False if it is of no use any more."""
        with self.lock:
            if self.channel.closed or self.channel.eof_received:
                return False
            control.send(b"again")  # before anything that it may say
            self.talk, self.control = talk, control
            if self.words:
                talk.sendall(self.words)
                self.words = b""
        return True

    def rest(self) -> None:
        """Nobody talks to it for now."""
        with self.lock:
            talk, self.talk, self.control = self.talk, None, None
        with suppress(OSError):
            if talk is not None:
                talk.shutdown(socket.SHUT_RDWR)  # ends `pass_input`

    def pass_input(self, talk: socket.socket, ended: threading.Event) -> None:
        """What a client says, to its end if it is `ended`; else the client has gone, or lets it rest."""
        with suppress(*gone()):
            while data := talk.recv(_CHUNK):
                self.channel.sendall(data)
            ended.wait()
            if self.talk is talk:
                self.channel.shutdown_write()
        with suppress(OSError):  # whoever still writes is told that nobody reads
            talk.shutdown(socket.SHUT_RD)

    def _pass_output(self) -> None:
        with suppress(*gone()):
            while data := self.channel.recv(_CHUNK):
                with self.lock:
                    talk = self.talk
                    if talk is None:
                        self.words += data
                if talk is not None:
                    with suppress(OSError):  # nobody listens any more
                        talk.sendall(data)
                elif len(self.words) > _MOST_IDLE_WORDS:
                    self.channel.close()
        with suppress(OSError):
            if self.talk is not None:
                self.talk.shutdown(socket.SHUT_WR)
        self.complained.wait()
        self.channel.status_event.wait()
        self._tell(f"x{self.channel.exit_status}".encode())

    def _pass_complaints(self) -> None:
        with suppress(*gone()):
            while data := self.channel.recv_stderr(_CHUNK):
                self._tell(b"e" + data)
        self.complained.set()

    def _tell(self, said: bytes) -> None:
        if (control := self.control) is not None:
            with suppress(OSError):
                control.send(said)


@dataclass(slots=True)
class _Connection:
    """A node that is logged in to, and its idle shells by their program."""

    session: FrrConnection | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    idle: dict[str, list[_Shell]] = field(default_factory=dict)

    @property
    def transport(self) -> paramiko.Transport | None:
        """The SSH connection."""
        client = self.session.remote_conn_pre if self.session else None
        return client.get_transport() if client else None

    def answers(self) -> bool:
        """Whether the node has just answered: what it does not know, it refuses (RFC 4254 4)."""
        transport = self.transport
        if transport is None or not transport.is_active():
            return False
        asking = threading.Thread(
            target=transport.global_request, args=("keepalive@openssh.com", None, True), daemon=True
        )
        asking.start()
        asking.join(_PROOF)
        return not asking.is_alive() and transport.is_active()

    def close(self) -> None:
        """Let go of it and all that runs in it."""
        self.idle.clear()
        if self.session is not None:
            with suppress(*gone()):
                self.session.disconnect()
        self.session = None


class Keeper:
    """What is kept.

    Args:
        listening: where clients connect.
        idle: seconds without a client after which it ends.
    """

    def __init__(self, listening: socket.socket, idle: float = IDLE) -> None:
        self._listening = listening
        self._idle = idle
        self._lock = threading.Lock()
        self._connections: dict[str, _Connection] = {}
        self._clients = 0
        self._last = time.monotonic()
        self._over = False
        self._told, self._tell = socket.socketpair()

    def run(self) -> None:
        """Serve until nobody has come for a while."""
        while not self._over:
            left = max(0.05, self._last + self._idle - time.monotonic())
            ready, _, _ = select.select([self._listening, self._told], [], [], left)
            if self._told in ready:
                break
            if self._listening in ready:
                client, _ = self._listening.accept()
                with self._lock:
                    self._clients += 1
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()
                continue
            with self._lock:
                self._over = self._clients == 0 and time.monotonic() - self._last >= self._idle
                if self._clients:
                    self._last = time.monotonic()
        self._told.close()
        self._tell.close()
        self._listening.close()
        for connection in self._connections.values():
            connection.close()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, suppress(*gone(), ValueError, KeyError):
                data, handles, _, _ = socket.recv_fds(client, _LARGEST * 2, 1)
                sockets = [socket.socket(fileno=one) for one in handles]
                if _is_ours(client) and data:
                    self._do(json.loads(data), sockets, client)
        finally:
            with self._lock:
                self._clients -= 1
                self._last = time.monotonic()

    def _do(self, asked: dict[str, Any], sockets: list[socket.socket], client: socket.socket) -> None:
        if asked["do"] == "end":
            self._tell.send(b"end")
            return
        with self._lock:
            connection = self._connections.setdefault(asked["who"], _Connection())
        try:
            if asked["do"] == "login":
                self._login(connection, asked, client)
            elif asked["do"] == "drop":
                with connection.lock:
                    connection.close()
            else:
                self._open(connection, asked["program"], sockets[0], client)
        except SessionError as error:
            client.send(f"- {type(error).__name__} {error}".encode())

    @staticmethod
    def _login(connection: _Connection, asked: dict[str, Any], client: socket.socket) -> None:
        with connection.lock:
            if not connection.answers():
                connection.close()
                client.send(b"need")
                _, handles, _, _ = socket.recv_fds(client, 16, 1)
                if not handles:
                    return
                link = socket.socket(fileno=handles[0])
                login = Login(
                    lambda _address, _port: link,
                    Path(asked["key"]),
                    Path(asked["known_hosts"]),
                    asked["patience"],
                    Pulse(),
                )
                try:
                    connection.session = FrrConnection.open(
                        IPv4Address(asked["address"]), asked["user"], login
                    )
                except BaseException:
                    link.close()
                    raise
            client.send(b"have")

    @staticmethod
    def _open(connection: _Connection, program: str, talk: socket.socket, control: socket.socket) -> None:
        with talk:
            shell = _again(connection, program, talk, control) or _new(connection, program, talk, control)
            ended = threading.Event()
            threading.Thread(target=shell.pass_input, args=(talk, ended), daemon=True).start()
            while (said := control.recv(16)) == b"eof":
                ended.set()
            shell.rest()
            ended.set()
        if said == b"idle" and not shell.channel.closed:
            connection.idle.setdefault(program, []).append(shell)
        else:
            with suppress(*gone()):
                shell.channel.close()


def _new(connection: _Connection, program: str, talk: socket.socket, control: socket.socket) -> _Shell:
    """One that is started.

    Raises:
        SessionLost: there is no connection; nothing was started.
        NoAnswer: it was lost on the way.
    """
    if connection.session is None:
        raise SessionLost("the connection was closed")
    shell = _Shell(connection.session.new_channel(), talk, control)
    try:
        shell.channel.exec_command(program)
    except gone():
        if shell.channel.exit_status < 0:
            raise NoAnswer("the connection was lost") from None
    control.send(b"new")
    shell.begin()
    return shell


def _again(
    connection: _Connection, program: str, talk: socket.socket, control: socket.socket
) -> _Shell | None:
    """One that stands idle, if there is any."""
    idle = connection.idle.get(program, [])
    while True:
        try:
            shell = idle.pop()
        except IndexError:
            return None
        if shell.take(talk, control):
            return shell


def _is_ours(client: socket.socket) -> bool:
    _, user, _ = struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return bool(user == os.getuid())


def main() -> None:
    """Serve on the socket whose number is the only argument."""
    os.chdir("/")
    Keeper(socket.socket(fileno=int(sys.argv[1]))).run()


if __name__ == "__main__":
    main()
