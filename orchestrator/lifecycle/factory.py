"""The composition root: which host and which runtime are meant, and how each is made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import L3vpnError
from orchestrator.hosts import guest_docker
from orchestrator.hosts.doctor import choose
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.keys import Keys
from orchestrator.hosts.local import LocalHost
from orchestrator.hosts.machine import probe
from orchestrator.hosts.recipe import Recipe
from orchestrator.hosts.ssh import SCHEME, Destination, SshHost
from orchestrator.runtimes.base import NodeKeys
from orchestrator.runtimes.netns import NetnsRuntime
from orchestrator.runtimes.spread import Member, SpreadRuntime

if TYPE_CHECKING:
    from orchestrator.hosts.base import Host, Progress
    from orchestrator.lifecycle.store import Placement
    from orchestrator.runtimes.base import Runtime
    from orchestrator.settings import Settings

HOSTS = ("guest", "local")
RUNTIMES = ("netns", "containerlab")


class UnknownChoice(L3vpnError):  # noqa: N818 -- the name says what happened
    """A host or runtime that there is not."""


def pick(host: str, runtime: str, settings: Settings) -> tuple[str, str]:
    """Host and runtime: as asked for, else as set, else what suits this machine.

    Raises:
        CannotRunHere: nothing does.
        UnknownChoice: there is no such host or runtime.
    """
    host, runtime = host or settings.host, runtime or settings.runtime
    if not (host and runtime):
        chosen = choose(probe(settings), host or None, runtime or None)
        host, runtime = chosen.host, chosen.runtime
    check_choice(host, runtime)
    return host, runtime


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


def start_host(placement: Placement, settings: Settings, progress: Progress) -> Host:
    """Start or join a host, making first what it and the runtime on it need.

    Args:
        placement: of the lab that is to be on it.
        settings: the user's.
        progress: called with what is being done.

    Raises:
        HostError: it cannot be had on this machine.
    """
    node, places = Recipe.load(settings, suite=placement.suite), settings.places
    docker = placement.runtime == "containerlab"
    if placement.host == "guest":
        if docker:
            return guest_docker.start(progress, settings, node)
        return Guest.start(progress, places, node, kernels=placement.guests)
    tree = None if docker else node
    if placement.host.startswith(SCHEME):
        return SshHost.start(_destination(placement.host), progress, tree, settings)
    return LocalHost.start(progress, tree, places)


def attach_host(placement: Placement, settings: Settings) -> Host:
    """Join a host that runs, for labs of that runtime whose nodes are of that Debian release.

    Raises:
        NotRunning, HostDied: it does not.
    """
    if placement.host == "guest":
        return Guest.attach(settings.places)
    tree = Recipe.load(settings, suite=placement.suite) if placement.runtime == "netns" else None
    if placement.host.startswith(SCHEME):
        return SshHost.attach(_destination(placement.host), tree, settings)
    return LocalHost.attach(tree, settings.places)


def _destination(host: str) -> Destination:
    try:
        return Destination.parse(host)
    except ValueError as error:
        raise UnknownChoice(str(error)) from None


def make_runtime(name: str, host: Host, settings: Settings, image: str = "") -> Runtime:
    """A runtime on a host; containerlab may be given the image of all nodes that it deploys."""
    check_choice(host.name, name)
    keys = Keys.load_or_create(settings.places)
    access = NodeKeys(keys.login.public_text, keys.private_of)
    if name == "containerlab":
        # It knows how lab files are read, which takes longer to import than `exec` to run a command.
        from orchestrator.runtimes.containerlab import ContainerlabRuntime  # noqa: PLC0415

        return ContainerlabRuntime(host, access, image or settings.image or None)
    if isinstance(host, Guest) and host.size > 1:
        return SpreadRuntime([Member(one, one.address, one.labs) for one in host.kernels], access)
    return NetnsRuntime(host, access)


def same_folder(a: str, b: Path) -> bool:
    """Whether two paths name one lab folder."""
    return Path(a) == b.resolve()
