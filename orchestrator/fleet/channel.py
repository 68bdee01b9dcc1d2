"""What programs on a node are talked to through: a channel of an SSH connection, whoever holds that."""

from __future__ import annotations

from typing import Protocol


class Ending(Protocol):
    """The end of a program."""

    def wait(self, timeout: float | None = None) -> bool:
        """Until it has come; whether it has."""


class Connection(Protocol):
    """What the channel belongs to."""

    def is_active(self) -> bool:
        """Whether it stands."""


class Channel(Protocol):
    """As much of `paramiko.Channel` as is used here."""

    exit_status: int

    @property
    def status_event(self) -> Ending:
        """When `exit_status` is known."""

    def exec_command(self, command: str, /) -> None:
        """Run a shell command."""

    def settimeout(self, timeout: float | None, /) -> None:
        """For all that waits."""

    def recv(self, nbytes: int, /) -> bytes:
        """What it writes; nothing once it has ended."""

    def recv_stderr(self, nbytes: int, /) -> bytes:
        """What it complains of; nothing once it has ended."""

    def send(self, s: bytes, /) -> int:
        """Let it read some of this; how much."""

    def sendall(self, s: bytes, /) -> None:
        """Let it read this."""

    def shutdown_write(self) -> None:
        """Let it read no more."""

    def get_transport(self) -> Connection:
        """The connection."""

    def close(self) -> None:
        """Let go of it."""
