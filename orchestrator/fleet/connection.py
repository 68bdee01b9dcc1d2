"""How nodes are logged in to: one SSH connection each, as netmiko holds it."""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

import paramiko
from netmiko.cisco_base_connection import CiscoSSHConnection

from orchestrator.fleet.dialogue import Dialogue, Vtysh
from orchestrator.fleet.errors import CannotConnect, SessionLost
from orchestrator.fleet.gone import gone
from orchestrator.fleet.session import Session
from orchestrator.hosts.base import HostError
from orchestrator.hosts.remote import SSH

if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from orchestrator.fleet.session import Login

# Its complaints reach the caller as exceptions; without a handler Python prints them as well.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class FrrConnection(Session, CiscoSSHConnection):
    """netmiko's connection to an FRR node.

    netmiko has no FRR type, and its near ones are traps: `cisco_ios` sends `terminal width`, which vtysh
    rejects; `linux` sends configuration to exec mode without an error. Here netmiko's channel is vtysh on
    a channel without a terminal, started when first used.
    """

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
                pkey=paramiko.PKey.from_path(access.key),
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
        except (HostError, paramiko.SSHException, OSError, EOFError) as error:
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

    def close(self) -> None:
        """See `Session`."""
        self.disconnect()

    def new_channel(self) -> paramiko.Channel:
        """See `Session`."""
        transport = self.remote_conn_pre.get_transport() if self.remote_conn_pre else None
        if transport is None:
            raise SessionLost("the connection was closed")
        try:
            channel = transport.open_session(timeout=self.conn_timeout)
        except gone():
            raise SessionLost("the connection was lost") from None
        if not channel.active:  # paramiko may give one that the node never agreed to, on a lost connection
            raise SessionLost("the connection was lost")
        return channel


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
