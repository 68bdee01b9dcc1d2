"""Commands on another machine over one SSH connection (RFC 4254, session channels)."""

from __future__ import annotations

import contextlib
import select
import time
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from orchestrator.hosts.base import Completed, HostError, RunTimeout

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from ipaddress import IPv4Address

    import paramiko

    from orchestrator.hosts.keys import Keys

SSH: Final = 22
Dial: TypeAlias = "Callable[[IPv4Address, int], socket.socket]"
"""Makes a TCP connection to an address; raises `HostError` or `OSError`."""

_BANNER = 15.0  # seconds for each step of logging in
_CHUNK = 1 << 16
_WINDOW = 1 << 24  # bytes a command may print before anybody reads


class ConnectionLost(HostError):  # noqa: N818 -- see base.py
    """The SSH connection has ended under a command."""


class Connection(Protocol):
    """A machine that runs commands, from many threads at once."""

    @property
    def alive(self) -> bool:
        """Whether the connection stands."""

    def run(self, command: str, *, stdin: bytes, timeout: float) -> Completed:
        """Run shell text; see `Host.run`.

        Raises:
            ConnectionLost: the connection ended before the command.
            RunTimeout: it had not ended in time; nobody listens to it any more.
        """

    def close(self) -> None:
        """End what still runs through it."""


class Connect(Protocol):
    """How a machine is connected to."""

    def __call__(self, who: str, address: IPv4Address, dial: Dial, keys: Keys) -> Connection:
        """A connection as root.

        Args:
            who: the machine, as long as it runs; another one may come to its address later.
            address: where its sshd is.
            dial: connects to that.
            keys: the login key to offer and the host key to insist on.

        Raises:
            ConnectionLost: the machine did not let us in, or it showed another host key.
            PortUnreachable: it does not answer at all.
        """


def directly(who: str, address: IPv4Address, dial: Dial, keys: Keys) -> Connection:
    """See `Connect`: a connection of this process' own."""
    del who
    return Remote(dial(address, SSH), keys)


def as_program(command: str) -> str:
    """Shell text as sshd is given it, to be run in `/`."""
    # Not the shell's last command, so that a signal's number arrives as 128 + N.
    return f"cd /\n{command}\nexit $?"


class Remote:
    """One SSH connection as root; commands run side by side in channels of it.

    Args:
        link: a connected socket to the machine's sshd; owned from now on.
        keys: the login key to offer and the host key to insist on.

    Raises:
        ConnectionLost: the machine did not let us in, or it showed another host key.
    """

    def __init__(self, link: socket.socket, keys: Keys) -> None:
        import paramiko  # noqa: PLC0415 -- 200 ms, of no use to commands that touch no lab

        self._transport = paramiko.Transport(link, default_window_size=_WINDOW)
        self._transport.banner_timeout = self._transport.auth_timeout = _BANNER
        try:
            self._transport.start_client(timeout=_BANNER)
            _insist_on(keys.host.public_text, self._transport.get_remote_server_key())
            login = paramiko.Ed25519Key.from_private_key_file(str(keys.login.private))
            self._transport.auth_publickey("root", login)
        except (paramiko.SSHException, OSError, EOFError) as error:
            self._transport.close()
            raise ConnectionLost(f"no SSH session: {error}") from error
        except BaseException:
            self._transport.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the connection stands."""
        return self._transport.is_active()

    def run(self, command: str, *, stdin: bytes, timeout: float) -> Completed:
        """Run shell text; see `Host.run`.

        Raises:
            ConnectionLost: the connection ended before the command.
            RunTimeout: it had not ended in time; nobody listens to it any more.
        """
        import paramiko  # noqa: PLC0415 -- as above

        deadline = time.monotonic() + timeout
        try:
            channel = self._transport.open_session(timeout=timeout)
            with contextlib.closing(channel):
                try:
                    channel.exec_command(as_program(command))
                except paramiko.SSHException:
                    if channel.exit_status < 0:  # else it has ended before the machine said that it began
                        raise
                with contextlib.suppress(OSError):  # it need not read its input
                    channel.sendall(stdin)
                    channel.shutdown_write()
                stdout, stderr = _drain(channel, deadline)
                in_time = channel.status_event.wait(max(0.0, deadline - time.monotonic()))
                status = channel.exit_status
        except TimeoutError:
            in_time = False
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise ConnectionLost(f"the SSH connection has ended: {error}") from error
        if not in_time:
            raise still_running(command, timeout)
        if status < 0:
            raise ConnectionLost("the SSH connection has ended")
        return Completed(status, stdout, stderr)

    def close(self) -> None:
        """End the connection and whatever still runs in it."""
        self._transport.close()


def _insist_on(known: str, shown: paramiko.PKey) -> None:
    if f"{shown.get_name()} {shown.get_base64()}" != known:
        raise ConnectionLost("the machine shows a host key that is not this installation's")


def _drain(channel: paramiko.Channel, deadline: float) -> tuple[bytes, bytes]:
    """Both outputs until their end."""
    stdout, stderr = bytearray(), bytearray()
    while True:
        # Asked before reading: what came before the end is read after it.
        ended = channel.eof_received or channel.closed
        while channel.recv_ready():
            stdout += channel.recv(_CHUNK)
        while channel.recv_stderr_ready():
            stderr += channel.recv_stderr(_CHUNK)
        if ended:
            return bytes(stdout), bytes(stderr)
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not select.select([channel], [], [], remaining)[0]:
            raise TimeoutError


def still_running(command: str, timeout: float) -> RunTimeout:
    """That it has not ended within so many seconds."""
    first, *rest = command.strip().splitlines() or [""]
    shown = first[:60] + (" …" if rest or len(first) > 60 else "")  # noqa: PLR2004 -- fits one line
    return RunTimeout(f"still running after {timeout:g} s: {shown}")
