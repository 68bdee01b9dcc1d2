"""A node without a machine: an SSH server in this process whose commands are real processes.

The server speaks real SSH over a socket pair. What it runs is `sh`, with a `vtysh` first in the path that
answers from files, so that pipes, exit statuses and endings are the real ones.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_UNKNOWN_CHANNEL_TYPE,
    OPEN_SUCCEEDED,
)

from orchestrator.fleet.gone import gone

if TYPE_CHECKING:
    from collections.abc import Callable

_VTYSH: Final = Path(__file__).with_name("vtysh.sh")


class FakeNode:
    """One such node; `dial` is a connection to it."""

    def __init__(self, home: Path, host_key: paramiko.PKey, login_key: paramiko.PKey) -> None:
        self.home = home
        self.host_key = host_key
        self.login_key = login_key
        self.dialled = 0
        self.running: list[threading.Thread] = []  # one for each command
        self._connections: list[tuple[socket.socket, paramiko.Transport]] = []
        (home / "bin").mkdir(parents=True)
        (home / "answers").mkdir()
        vtysh = home / "bin" / "vtysh"
        vtysh.write_bytes(_VTYSH.read_bytes())
        vtysh.chmod(0o755)

    def answer(self, command: str, output: str) -> None:
        """Let vtysh answer so from now on."""
        (self.home / "answers" / command).write_text(output)

    def hang(self, daemon: str) -> None:
        """Let a daemon answer no more, or (without a name) again."""
        hung = self.home / "hung"
        hung.write_text(daemon) if daemon else hung.unlink()

    def kill(self, daemon: str) -> None:
        """Let a daemon be gone."""
        (self.home / "gone").write_text(daemon)

    @property
    def sent(self) -> str:
        """All configuration that vtysh took."""
        file = self.home / "sent"
        return file.read_text() if file.exists() else ""

    @property
    def command_lines(self) -> str:
        """The arguments of each vtysh that ran, as anybody could have read them in the process list."""
        return (self.home / "command-lines").read_text()

    def dial(self) -> socket.socket:
        """Connect."""
        self.dialled += 1
        ours, theirs = socket.socketpair()
        transport = paramiko.Transport(ours)
        transport.add_server_key(self.host_key)
        transport.start_server(event=threading.Event(), server=_Server(self))
        self._connections.append((ours, transport))
        return theirs

    def hang_up(self) -> None:
        """Drop all connections, as a restart does, and see the commands end that ran over them."""
        while self._connections:
            connection, transport = self._connections.pop()
            with suppress(OSError):  # the other side may have left first
                connection.shutdown(socket.SHUT_RDWR)
            transport.close()
        while self.running:
            self.running.pop().join()


class _Server(paramiko.ServerInterface):
    def __init__(self, node: FakeNode) -> None:
        self._node = node

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        accepted = username == "root" and key == self._node.login_key
        return AUTH_SUCCESSFUL if accepted else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del chanid
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_UNKNOWN_CHANNEL_TYPE

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        process = subprocess.Popen(
            ["sh", "-c", command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._node.home,
            env={"PATH": f"{self._node.home / 'bin'}:{os.environ['PATH']}"},
            start_new_session=True,
        )
        command_runs = threading.Thread(target=_join, args=(channel, process), daemon=True)
        command_runs.start()
        self._node.running.append(command_runs)
        return True


def _join(channel: paramiko.Channel, process: subprocess.Popen[bytes]) -> None:
    """Tie a process to a channel until either ends."""
    assert process.stdin
    assert process.stdout
    assert process.stderr
    threads = [
        threading.Thread(target=_feed, args=(channel, process.stdin), daemon=True),
        threading.Thread(target=_drain, args=(process.stdout, channel.sendall), daemon=True),
        threading.Thread(target=_drain, args=(process.stderr, channel.sendall_stderr), daemon=True),
    ]
    for thread in threads:
        thread.start()
    while process.poll() is None:
        if channel.closed:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    for thread in threads[1:]:
        thread.join()
    with suppress(*gone()):  # the other side may have left first
        channel.send_exit_status(process.returncode if process.returncode >= 0 else 128 - process.returncode)
        channel.close()
    threads[0].join()


def _feed(channel: paramiko.Channel, stdin: IO[bytes]) -> None:
    with suppress(*gone()), stdin:
        while data := channel.recv(4096):
            os.write(stdin.fileno(), data)


def _drain(output: IO[bytes], send: Callable[[bytes], object]) -> None:
    with suppress(*gone()), output:
        while data := os.read(output.fileno(), 4096):
            send(data)
