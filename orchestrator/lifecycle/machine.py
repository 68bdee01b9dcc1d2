"""The composition root: which host and which runtime are meant, and how each is made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import L3vpnError
from orchestrator.hosts import guest_docker
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.keys import Keys
from orchestrator.hosts.local import LocalHost
from orchestrator.hosts.recipe import Recipe
from orchestrator.hosts.ssh import SCHEME, Destination, SshHost
from orchestrator.runtimes.base import Access
from orchestrator.runtimes.containerlab import ContainerlabRuntime
from orchestrator.runtimes.netns import NetnsRuntime

if TYPE_CHECKING:
    from orchestrator.hosts.base import Host, Progress
    from orchestrator.runtimes.base import Runtime

HOSTS = ("guest", "local")
RUNTIMES = ("netns", "containerlab")


class UnknownChoice(L3vpnError):  # noqa: N818 -- the name says what happened
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


def start_host(name: str, runtime: str, suite: str, progress: Progress) -> Host:
    """Start or join a host, making first what it and the runtime on it need.

    Args:
        name: of the host.
        runtime: of the labs that are to be on it.
        suite: the Debian release of the nodes, which decides FRR's; "" for `L3VPN_SUITE` or the default.
        progress: told what is being done.

    Raises:
        HostError: it cannot be had on this machine.
    """
    node = Recipe.load(suite=suite)
    if name == "guest":
        docker = runtime == "containerlab"
        return guest_docker.start(progress, node=node) if docker else Guest.start(progress, recipe=node)
    tree = node if runtime == "netns" else None
    if name.startswith(SCHEME):
        return SshHost.start(_destination(name), progress, tree)
    return LocalHost.start(progress, tree)


def attach_host(name: str, runtime: str, suite: str = "") -> Host:
    """Join a host that runs, for labs of that runtime whose nodes are of that Debian release.

    Raises:
        NotRunning, HostDied: it does not.
    """
    if name == "guest":
        return Guest.attach()
    tree = Recipe.load(suite=suite) if runtime == "netns" else None
    if name.startswith(SCHEME):
        return SshHost.attach(_destination(name), tree)
    return LocalHost.attach(tree)


def _destination(host: str) -> Destination:
    try:
        return Destination.parse(host)
    except ValueError as error:
        raise UnknownChoice(str(error)) from None


def make_runtime(name: str, host: Host, image: str = "") -> Runtime:
    """A runtime on a host; containerlab may be given the image of all nodes that it deploys."""
    check_choice(host.name, name)
    keys = Keys.load_or_create()
    access = Access(keys.login.public_text, keys.private_of)
    if name == "containerlab":
        return ContainerlabRuntime(host, access, image or chosen_image())
    return NetnsRuntime(host, access)


def chosen_image() -> str | None:
    """The container image of all nodes, named by `L3VPN_IMAGE`; None to leave it to the topology file."""
    return os.environ.get("L3VPN_IMAGE") or None


def same_folder(a: str, b: Path) -> bool:
    """Whether two paths name one lab folder."""
    return Path(a) == b.resolve()
