"""The ssh command line of a person's session on a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from pathlib import Path


def ssh_argv(
    address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
) -> list[str]:
    """OpenSSH with this installation's keys alone: no configuration of the user's, no agent, no question."""
    options = {
        "BatchMode": "yes",
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
        *(f"-o{name}={value}" for name, value in options.items()),
        "-t",
        f"{user}@{address}",
        *([command] if command else []),
    ]
