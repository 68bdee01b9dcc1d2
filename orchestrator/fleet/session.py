"""A node's session: one SSH connection as root, as netmiko and nornir hold it.

vtysh, a root shell, single commands and long-running programs are channels of that one connection, so
that a node pays for one key exchange, and for vtysh (the dear part) only when FRR is asked something.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import paramiko
from netmiko.cisco_base_connection import CiscoSSHConnection

from orchestrator.fleet.dialogue import Dialogue, Vtysh
from orchestrator.fleet.errors import CannotConnect, NoAnswer, SessionLost
from orchestrator.fleet.gone import GONE
from orchestrator.fleet.lanes import Lanes, Silence
from orchestrator.fleet.program import Program
from orchestrator.hosts.base import Completed, HostError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from nornir.core.configuration import Config

    from orchestrator.fleet.dialogue import Syntax
    from orchestrator.fleet.pulse import Pulse

SSH: Final = 22
Dial: TypeAlias = "Callable[[IPv4Address, int], socket.socket]"
"""Makes a TCP connection to a management address; raises `HostError` or `OSError`."""

# Their complaints reach the caller as exceptions; without a handler Python prints them as well.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("nornir").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Login:
    """How nodes are logged in to.

    Attributes:
        dial: makes the TCP connection.
        key: the private key.
        known_hosts: file with the nodes' host keys; any other host key is refused.
        patience: seconds to wait for a connection.
        pulse: when any node of the fleet was last heard.
    """

    dial: Dial
    key: paramiko.PKey
    known_hosts: Path
    patience: float
    pulse: Pulse


class FrrConnection(CiscoSSHConnection):
    """netmiko's connection to an FRR node.

    netmiko has no FRR type, and its near ones are traps: `cisco_ios` sends `terminal width`, which vtysh
    rejects; `linux` sends configuration to exec mode without an error. Here netmiko's channel is vtysh on
    a channel without a terminal, started when first used. One thread at a time, programs excepted.

    Attributes:
        pulse: when any node of its fleet was last heard.
    """

    pulse: Pulse

    @classmethod
    def open(cls, address: IPv4Address, user: str, access: Login) -> FrrConnection:
        """Log in.

        Raises:
            CannotConnect: says why.
        """
        try:
            session = cls(
                device_type="frr",
                host=str(address),
                username=user,
                sock=access.dial(address, SSH),
                pkey=access.key,
                ssh_strict=True,
                alt_host_keys=True,
                alt_key_file=str(access.known_hosts),
                conn_timeout=access.patience,
                banner_timeout=access.patience,
                auth_timeout=access.patience,
            )
        except paramiko.AuthenticationException:
            raise CannotConnect(f"{address} does not accept the key for {user}") from None
        except paramiko.BadHostKeyException:
            raise CannotConnect(f"{address} shows another host key than {access.known_hosts} has") from None
        except (HostError, *GONE) as error:
            if "not found in known_hosts" in str(error):
                raise CannotConnect(f"the host key of {address} is not in {access.known_hosts}") from None
            raise CannotConnect(_one_line(error) or f"no SSH at {address}") from None
        session.pulse = access.pulse
        session.pulse.beat()
        return session

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:
        """Connect, and leave the login shell alone."""
        del width, height
        client = self._build_ssh_client()
        self.remote_conn_pre = client
        try:
            client.connect(**self._connect_params_dict())
        except BaseException:
            client.close()
            raise

    def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: FBT001, FBT002 -- netmiko's
        """Nothing: a vtysh without a terminal has no pager and no width.

        netmiko would begin by writing a line to it, and so start it for commands that need none; on a node
        without daemons vtysh has ended by then, and the login would be taken for a failed one.
        """

    def cleanup(self, command: str = "") -> None:
        """Nothing: netmiko's own waits 2 s for a prompt to leave a configuration mode that nobody entered."""

    @cached_property
    def channel(self) -> Dialogue:  # type: ignore[override]  # netmiko makes it while connecting
        """FRR's shell, for netmiko's own methods."""
        return self._converse(Vtysh())

    @cached_property
    def _lanes(self) -> Lanes:
        return Lanes(self._converse, self.pulse)

    def _converse(self, syntax: Syntax) -> Dialogue:
        return Dialogue(self._new_channel(), syntax, self.pulse)

    def ask(
        self, commands: Sequence[str], within: float, *, apart: bool = False
    ) -> dict[str, tuple[str, int] | Silence]:
        """Output and exit status by command: `show …` of vtysh, all else of the root shell.

        What hangs costs only what it was asked: a daemon of FRR's that does not answer, or a shell command
        that does not end.

        Args:
            commands: in any order, one line each.
            within: seconds without a word from any node of the fleet.
            apart: ask each daemon of FRR by itself from the start.

        Raises:
            NoAnswer: nothing on the node answers; the connection is of no use any more.
            SessionLost: the connection or vtysh ended.
        """
        return self._lanes.ask(commands, within, apart=apart)

    def ask_all(self, commands: Sequence[str], within: float) -> dict[str, tuple[str, int]]:
        """As `ask`, for those who need every answer.

        Raises:
            NoAnswer: a command was not answered in time.
            SessionLost: the connection or vtysh ended.
        """
        answers: dict[str, tuple[str, int]] = {}
        for command, answer in self.ask(commands, within).items():
            if isinstance(answer, Silence):
                raise NoAnswer(answer.by_whom)
            answers[command] = answer
        return answers

    def run(self, command: str, stdin: bytes, within: float) -> Completed:
        """Run one root shell command by itself.

        Raises:
            SessionLost: there is no connection any more; nothing was run.
            NoAnswer: the command did not end in time, or the connection was lost under it.
        """
        return Program(self._new_channel(), command).finish(stdin, self.pulse.deadline(within))

    def start(self, command: str) -> Program:
        """Start a program to talk to.

        Raises:
            SessionLost: there is no connection any more; nothing was started.
            NoAnswer: the connection was lost while it was to start.
        """
        return Program(self._new_channel(), command)

    def _new_channel(self) -> paramiko.Channel:
        transport = self.remote_conn_pre.get_transport() if self.remote_conn_pre else None
        if transport is None:
            raise SessionLost("the connection was closed")
        try:
            channel = transport.open_session(timeout=self.conn_timeout)
        except GONE:
            raise SessionLost("the connection was lost") from None
        if not channel.active:  # paramiko may give one that the node never agreed to, on a lost connection
            raise SessionLost("the connection was lost")
        return channel


class FrrPlugin:
    """How nornir opens, holds and closes one `FrrConnection` for each node."""

    connection: FrrConnection

    def open(  # noqa: PLR0913, PLR0917 -- nornir's protocol
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,
    ) -> None:
        """Log in as `username`; `extras` has the `Login`.

        Raises:
            CannotConnect: says why.
        """
        del password, port, platform, configuration
        if not (hostname and username and extras):
            raise CannotConnect("the inventory lacks the node's address, login or access")
        self.connection = FrrConnection.open(IPv4Address(hostname), username, extras["access"])

    def close(self) -> None:
        """Let go of it."""
        self.connection.disconnect()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
