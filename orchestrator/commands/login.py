"""A session on a node for this terminal: for `exec` and `shell`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.hosts.keys import Keys

if TYPE_CHECKING:
    from orchestrator.lifecycle.running import LabOnHost


def login(running: LabOnHost, node: str, user: str, command: str | None) -> list[str]:
    """What gives this terminal a session on a node."""
    keys = Keys.load_or_create(running.settings.places)
    return running.host.login_argv(
        running.node(node).address,
        user,
        key=keys.login.private,
        known_hosts=keys.known_nodes(running.lab.name, running.lab.addresses),
        command=command,
    )
