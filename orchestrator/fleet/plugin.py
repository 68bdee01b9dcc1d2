"""What nornir knows of connections to nodes."""

from __future__ import annotations

import logging
from contextlib import suppress
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from orchestrator.fleet.errors import CannotConnect
from orchestrator.fleet.kept import KeptSession, NoKeeper

if TYPE_CHECKING:
    from nornir.core.configuration import Config

    from orchestrator.fleet.session import Session

# Its complaints reach the caller as exceptions; without a handler Python prints them as well.
logging.getLogger("nornir").addHandler(logging.NullHandler())


class FrrPlugin:
    """How nornir opens, holds and closes one session for each node: a kept one, else netmiko's own."""

    connection: Session

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
        address, access = IPv4Address(hostname), extras["access"]
        if access.kept is not None:
            with suppress(NoKeeper):
                self.connection = KeptSession.open(address, username, access, access.kept)
                return
        # netmiko and paramiko take a third of a second, of no use where all connections are kept.
        from orchestrator.fleet.connection import FrrConnection  # noqa: PLC0415

        self.connection = FrrConnection.open(address, username, access)

    def close(self) -> None:
        """Let go of it."""
        self.connection.close()
