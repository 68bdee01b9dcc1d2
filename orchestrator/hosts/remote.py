"""Commands on another machine over one SSH connection (RFC 4254, session channels)."""

from __future__ import annotations

import contextlib
import select
import time
from typing import TYPE_CHECKING

from orchestrator.hosts.base import Completed, HostError, RunTimeout

if TYPE_CHECKING:
    import socket

    import paramiko

    from orchestrator.hosts.keys import Keys

_BANNER = 15.0  # seconds for each step of logging in
_CHUNK = 1 << 16
_WINDOW = 1 << 24  # bytes a command may print before anybody reads


class ConnectionLost(HostError):  # noqa: N818 -- see base.py
    """The SSH connection has ended under a command."""


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
                # Not the shell's last command, so that a signal's number arrives as 128 + N.
                channel.exec_command(f"cd /\n{command}\nexit $?")
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
            raise RunTimeout(f"still running after {timeout:g} s: {_shown(command)}")
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


def _shown(command: str) -> str:
    first, *rest = command.strip().splitlines() or [""]
    return first[:60] + (" …" if rest or len(first) > 60 else "")  # noqa: PLR2004 -- fits one line
