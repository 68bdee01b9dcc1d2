"""The ssh command line of a person's session on a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address
    from pathlib import Path

_FIRST: Final = "-oBatchMode=yes"


def ssh_argv(
    address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
) -> list[str]:
    """OpenSSH with this installation's keys alone: no configuration of the user's, no agent, no question."""
    options = {
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlgorithms": "ssh-ed25519",
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "LogLevel": "ERROR",
        "StrictHostKeyChecking": "yes",
        "UpdateHostKeys": "no",
        "UserKnownHostsFile": str(known_hosts),
    }
    return [
        "ssh",
        "-F",
        "none",
        "-i",
        str(key),
        _FIRST,
        *(f"-o{name}={value}" for name, value in options.items()),
        "-t",
        "--",  # a command that begins with a dash is none of ssh's options
        f"{user}@{address}",
        *([command] if command else []),
    ]


def sealed(argv: Sequence[str]) -> list[str]:
    """The same session, in which nothing that is typed is for ssh itself: it has no escape character."""
    at = argv.index(_FIRST)
    return [*argv[:at], "-oEscapeChar=none", *argv[at:]]
