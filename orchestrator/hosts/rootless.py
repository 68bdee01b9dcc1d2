"""Being root over files and networks of one's own, with or without being root of the machine.

An ordinary user becomes root inside a user namespace whose other users are those that /etc/subuid
grants him (user_namespaces(7), subuid(5)). Root needs no user namespace.
"""

from __future__ import annotations

import os
from pathlib import Path


def is_root() -> bool:
    """Whether the caller is root of this machine (or container)."""
    return os.geteuid() == 0


_USERS = ("--user", "--map-auto", "--map-root-user")


def as_root() -> list[str]:
    """Command prefix: the rest runs as root, with mounts and processes of its own.

    The first process is number 1 of a PID namespace, so with it ends everything it started. It is
    killed when the prefix's own process dies.
    """
    user = () if is_root() else _USERS
    return ["unshare", *user, "--mount", "--pid", "--fork", "--kill-child", "--"]


def apart() -> list[str]:
    """Command prefix: as `as_root`, network and IPC too, and without any capability outside, root or not.

    Where root calls it, the rest is nobody until `name_users` has been called.
    """
    # Kept capabilities: gaining them anew, as it becomes root, would undo --kill-child (prctl(2)).
    user = ("--user", "--keep-caps") if is_root() else _USERS
    return ["unshare", *user, "--net", "--mount", "--ipc", "--pid", "--fork", "--kill-child", "--"]


def name_users(pid: int) -> None:
    """Give the users of a namespace that root made by `apart` the names they have outside.

    An ordinary user's have theirs already, from newuidmap(1).
    """
    if not is_root():
        return
    for kind in ("uid_map", "gid_map"):
        ours = Path("/proc/self", kind).read_text().splitlines()
        spans = [line.split() for line in ours]
        same = "".join(f"{first} {first} {count}\n" for first, _, count in spans)
        Path("/proc", str(pid), kind).write_text(same)


def enter(pid: int) -> list[str]:
    """Command prefix: the rest runs in the network namespace of that process, as its root."""
    user = [] if is_root() else ["--user", "--preserve-credentials"]
    return ["nsenter", "--target", str(pid), *user, "--net", "--"]
