"""The composition root: which host and which runtime are meant, and how each is made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.hosts import guest_docker
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.keys import Keys
from orchestrator.hosts.local import LocalHost
from orchestrator.hosts.ssh import SCHEME, Destination, SshHost
from orchestrator.runtimes.base import Access
from orchestrator.runtimes.containerlab import ContainerlabRuntime
from orchestrator.runtimes.netns import NetnsRuntime

if TYPE_CHECKING:
    from orchestrator.hosts.base import Host, Progress
    from orchestrator.runtimes.base import Runtime

HOSTS = ("guest", "local")
RUNTIMES = ("netns", "containerlab")


class UnknownChoice(Exception):  # noqa: N818 -- the name says what happened
    """A host or runtime that there is not."""


def check_choice(host: str, runtime: str) -> None:
    """Refuse what there is not, by name.

    Raises:
        UnknownChoice: with the names there are.
    """
    if host.startswith(SCHEME):
        _destination(host)
    elif host not in HOSTS:
        raise UnknownChoice(f"no host '{host}': there are {', '.join(HOSTS)} and {SCHEME}user@machine")
    if runtime not in RUNTIMES:
        raise UnknownChoice(f"no runtime '{runtime}': there are {' and '.join(RUNTIMES)}")


def start_host(name: str, runtime: str, progress: Progress) -> Host:
    """Start or join a host, making first what it and the runtime on it need.

    Raises:
        HostError: it cannot be had on this machine.
    """
    docker = runtime == "containerlab"
    if name.startswith(SCHEME):
        return SshHost.start(_destination(name), progress, tree=not docker)
    if name != "guest":
        return LocalHost.start(progress, tree=not docker)
    return guest_docker.start(progress) if docker else Guest.start(progress)


def attach_host(name: str, runtime: str) -> Host:
    """Join a host that runs, for labs of that runtime.

    Raises:
        NotRunning, HostDied: it does not.
    """
    tree = runtime != "containerlab"
    if name.startswith(SCHEME):
        return SshHost.attach(_destination(name), tree=tree)
    return Guest.attach() if name == "guest" else LocalHost.attach(tree=tree)


def _destination(host: str) -> Destination:
    try:
        return Destination.parse(host)
    except ValueError as error:
        raise UnknownChoice(str(error)) from None


def make_runtime(name: str, host: Host) -> Runtime:
    """A runtime on a host."""
    check_choice(host.name, name)
    keys = Keys.load_or_create()
    access = Access(keys.login.public_text, keys.private_of)
    if name == "containerlab":
        return ContainerlabRuntime(host, access, chosen_image())
    return NetnsRuntime(host, access)


def chosen_image() -> str | None:
    """The container image of all nodes, named by `L3VPN_IMAGE`; None to leave it to the topology file."""
    return os.environ.get("L3VPN_IMAGE") or None


def same_folder(a: str, b: Path) -> bool:
    """Whether two paths name one lab folder."""
    return Path(a) == b.resolve()
