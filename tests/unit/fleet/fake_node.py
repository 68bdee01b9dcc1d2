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
from typing import IO, TYPE_CHECKING, Final

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_UNKNOWN_CHANNEL_TYPE,
    OPEN_SUCCEEDED,
)

from orchestrator.fleet.errors import GONE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# One shell script plays all of vtysh that we use. `show X` prints the file of that name; `show hang` says
# nothing ever again; `show exit` ends vtysh; `show dead`, `died` and `back` ask daemons that come and go.
# While a file `hung` names a daemon, no vtysh starts that would ask it, and bgpd does not answer; a file
# `gone` names one that is not there. Configuration is kept. It is refused from a line on that has "nonsense"
# in it, which -C finds too, or "refused", which -C does not. Once it is taken, the file `after` becomes the
# running configuration.
_VTYSH: Final = r"""#!/bin/sh
home=$(dirname "$0")/..
printf '%s\n' "$*" >>"$home/command-lines"
configure() {
    while IFS= read -r line; do
        printf 'node(config)# %s\n' "$line"
        case $line in
        *nonsense*) echo "% Unknown command: $line"; exit 1 ;;
        *refused*) echo '% Create the peer-group or interface first'; exit 1 ;;
        esac
        printf '%s\n' "$line" >>"$home/sent"
    done
    [ ! -e "$home/after" ] || mv "$home/after" "$home/answers/show running-config"
}
case $1 in
-C)
    if grep -n nonsense "$3" >"$home/unknown"; then
        sed 's/^\([0-9]*\):\(.*\)/line \1: % Unknown command[31]: \2/' "$home/unknown" >&2
        exit 2
    fi ;;
-f)
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        case $line in
        *refused*) echo '% Create the peer-group or interface first'
            echo "line $number: Failure to communicate[13] to bgpd, line: $line" >&2 ;;
        *) printf '%s\n' "$line" >>"$home/sent" ;;
        esac
    done <"$2"
    [ ! -e "$home/after" ] || mv "$home/after" "$home/answers/show running-config" ;;
-E) printf '%s\n' "$3" | configure ;;
*)
    daemon=; [ "$1" != -d ] || daemon=$2
    hung() { [ -e "$home/hung" ] && { [ -z "$1" ] || [ "$1" = "$(cat "$home/hung")" ]; }; }
    while hung "$daemon"; do sleep 0.05; done
    if [ -e "$home/gone" ] && [ "$daemon" = "$(cat "$home/gone")" ]; then
        echo 'Exiting: failed to connect to any daemons.' >&2; exit 1
    fi
    printf '\nHello, this is FRRouting (version 10.3).\n\n'
    while printf 'node# '; IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in
        '!'*) ;;
        'show bgp'*) while hung bgpd; do sleep 0.05; done; cat "$home/answers/$line" ;;
        'show hang') exec sleep 1000 ;;
        'show exit') echo 'Exiting: failed to connect to any daemons.' >&2; exit 1 ;;
        'show dead') echo 'ospfd is not running' >&2 ;;
        'show died') printf 'Warning: closing connection to bgpd because of an I/O error!\n'
            printf 'Warning: connecting to bgpd...failed!\n' ;;
        'show back') printf 'Warning: connecting to bgpd...success!\nhere again\n' ;;
        *) cat "$home/answers/$line" 2>/dev/null || echo "% Unknown command: $line" ;;
        esac
    done ;;
esac
"""


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
        vtysh.write_text(_VTYSH)
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
    with suppress(*GONE):  # the other side may have left first
        channel.send_exit_status(process.returncode if process.returncode >= 0 else 128 - process.returncode)
        channel.close()
    threads[0].join()


def _feed(channel: paramiko.Channel, stdin: IO[bytes]) -> None:
    with suppress(*GONE), stdin:
        while data := channel.recv(4096):
            os.write(stdin.fileno(), data)


def _drain(output: IO[bytes], send: Callable[[bytes], object]) -> None:
    with suppress(*GONE), output:
        while data := os.read(output.fileno(), 4096):
            send(data)
