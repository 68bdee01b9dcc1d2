"""What a lab needs from the Linux machine it lives in, whichever machine that is.

A host runs commands as root and dials addresses in a lab. It knows nothing of nodes, links or
VPNs: those are made on it by a runtime, through `run` alone.

Errors, each one clear line::

    HostError
    ├── CannotRunHere    this machine lacks something; the text says how to fix it
    ├── BuildFailed      the root tree of nodes could not be made
    ├── BootFailed       the embedded kernel did not come up
    ├── NotRunning       nothing has been started yet (or it was stopped)
    ├── HostDied         it ran and is gone; `l3vpn up LAB` starts it again
    ├── HostSilent       it runs and does not answer; `l3vpn down LAB` ends it
    ├── PortUnreachable      an address in a lab does not answer
    ├── RunTimeout       a command on the host did not end in its time
    └── CommandFailed    a command that had to succeed on the host did not
"""
# ruff: noqa: N818 -- each name already says what happened ("HostDied"), as httpx and paramiko name theirs

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from orchestrator.errors import ExitCode, L3vpnError

if TYPE_CHECKING:
    import socket
    from ipaddress import IPv4Address
    from pathlib import Path, PurePosixPath

Progress: TypeAlias = Callable[[str], None]
"""Receives one line for each step of something slow."""


class HostError(L3vpnError):
    """A host could not do what was asked."""

    exit_code = ExitCode.MACHINE


class CannotRunHere(HostError):
    """This machine cannot run the data plane as asked (exit code 3)."""


class BuildFailed(HostError):
    """The root tree of nodes could not be built."""


class BootFailed(HostError):
    """The embedded kernel did not come up."""


class NotRunning(HostError):
    """The host has not been started."""


class HostDied(HostError):
    """The host ran and has gone without being stopped."""


class HostSilent(HostError):
    """The host runs, and does not answer."""


class PortUnreachable(HostError):
    """An address in a lab does not answer on that port."""


class RunTimeout(HostError):
    """A command on the host did not end in its time; it has been cut off."""


class CommandFailed(HostError):
    """A command that had to succeed on the host did not."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What a command on the host came to.

    Attributes:
        status: its exit status; 128 + N if signal N ended it.
        stdout: its output, byte for byte.
        stderr: its complaints, byte for byte.
    """

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def ok(self) -> bool:
        """Whether it exited with 0."""
        return self.status == 0

    @property
    def text(self) -> str:
        """Its output as text."""
        return self.stdout.decode("utf-8", "replace")

    def expect_ok(self, doing: str) -> Completed:
        """Itself, when it exited with 0.

        Args:
            doing: what the command was for, in words that fit after "could not" ("make the links of pe1").

        Raises:
            CommandFailed: it exited with another status; the text ends with its last line of complaint.
        """
        if self.ok:
            return self
        said = (self.stderr.strip() or self.stdout.strip()).decode("utf-8", "replace")
        last = said.splitlines()[-1] if said else f"exit status {self.status}"
        raise CommandFailed(f"could not {doing}: {last}")


class Host(Protocol):
    """A Linux machine in which labs live. Safe to use from many threads at once.

    Every method raises `NotRunning` or `HostDied` when the machine is not there.
    """

    @property
    def name(self) -> str:
        """How a person chooses it: `guest`, `local`, `ssh://user@machine`, `ssh://a,ssh://b`."""

    @property
    def node_root(self) -> PurePosixPath:
        """The root tree of nodes as seen on the host; read-only: nodes keep their writes elsewhere."""

    @property
    def orchestrator_address(self) -> IPv4Address | None:
        """Where dialled sessions come from: each node needs a route back to it.

        None: from the host's own address in the management subnet, which nodes see as on-link.
        """

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:
        """Run POSIX shell text as root on the host, in a fresh shell in `/`.

        Args:
            command: the text; it may span lines. For much text, `sh -s` with it as `stdin`.
            stdin: what the command reads; it then sees the end of file.
            timeout: seconds.

        Raises:
            RunTimeout: it had not ended by then.
        """

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> socket.socket:
        """Connect TCP to an address in a lab; the caller owns the socket (netmiko takes it as `sock=`).

        Raises:
            PortUnreachable: refused, no route, or silent for `timeout` seconds.
        """

    def login_argv(
        self, address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
    ) -> list[str]:
        """Program and arguments that give this terminal a session on a node.

        Args:
            address: the node's management address.
            user: `root` or `vtysh`.
            key: private key file.
            known_hosts: the file with the node's host key; an unknown one is refused.
            command: what to run there instead of the login shell.
        """

    def close(self) -> None:
        """Let go of connections; the machine and its labs stay up."""
