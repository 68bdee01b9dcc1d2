"""Being root over files and networks of one's own, with or without being root of the machine.

An ordinary user becomes root inside a user namespace whose other users are those that /etc/subuid
grants him (user_namespaces(7), subuid(5)). Root needs no user namespace.
"""

from __future__ import annotations

import os


def is_root() -> bool:
    """Whether the caller is root of this machine (or container)."""
    return os.geteuid() == 0


def as_root(*, network: bool = False) -> list[str]:
    """Command prefix: the rest runs as root, with mounts and processes of its own.

    The first process is number 1 of a PID namespace, so with it ends everything it started. It is
    killed when the prefix's own process dies.

    Args:
        network: with a network namespace of its own, too.
    """
    user = [] if is_root() else ["--user", "--map-auto", "--map-root-user"]
    net = ["--net"] if network else []
    return ["unshare", *user, *net, "--mount", "--pid", "--fork", "--kill-child", "--"]


def enter(pid: int) -> list[str]:
    """Command prefix: the rest runs in the network namespace of that process, as its root."""
    user = [] if is_root() else ["--user", "--preserve-credentials"]
    return ["nsenter", "--target", str(pid), *user, "--net", "--"]
