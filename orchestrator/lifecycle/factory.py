"""The composition root: which host and which runtime are meant, and how each is made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import L3vpnError
from orchestrator.hosts import guest_docker
from orchestrator.hosts.at_work import each_of
from orchestrator.hosts.cluster import Cluster
from orchestrator.hosts.doctor import choose
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.keys import Keys
from orchestrator.hosts.kubectl import SCHEME as K8S
from orchestrator.hosts.kubectl import Namespace, settled
from orchestrator.hosts.local import LocalHost
from orchestrator.hosts.machine import probe
from orchestrator.hosts.members import at_once
from orchestrator.hosts.recipe import Recipe
from orchestrator.hosts.remote import directly
from orchestrator.hosts.ssh import SCHEME, Destination, SshHost
from orchestrator.hosts.ssh_machines import MOST_MACHINES, SshMachines
from orchestrator.lifecycle.store import Store
from orchestrator.runtimes.base import NodeKeys
from orchestrator.runtimes.netns import NetnsRuntime
from orchestrator.runtimes.spread import SpreadRuntime

if TYPE_CHECKING:
    from orchestrator.hosts.base import Host, Progress
    from orchestrator.hosts.cluster import Place
    from orchestrator.hosts.remote import Connect
    from orchestrator.lifecycle.store import Placement
    from orchestrator.model.lab import Lab
    from orchestrator.runtimes.base import Runtime
    from orchestrator.settings import Settings

HOSTS = ("guest", "local")
RUNTIMES = ("netns", "containerlab")
ELSEWHERE = (SCHEME, K8S)
"""How hosts that are not of this machine begin."""


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
    if host.startswith(K8S):
        # Another current context tomorrow must not be taken for the cluster that the lab is in.
        host = str(settled(namespace(host)))
    return host, runtime


def pick_for(lab: Lab, host: str, runtime: str, settings: Settings) -> tuple[str, str]:
    """As `pick`, but a lab that is on machines or a cluster that was named stays there unless told otherwise.

    Raises:
        CannotRunHere: nothing does.
        UnknownChoice: there is no such host or runtime.
    """
    return pick(host or settings.host or _machines_of(lab, settings), runtime, settings)


def _machines_of(lab: Lab, settings: Settings) -> str:
    before = Store.of(settings).get(lab.name)
    there = before is not None and before.folder == str(lab.folder) and before.host.startswith(ELSEWHERE)
    return before.host if before and there else ""


def check_choice(host: str, runtime: str) -> None:
    """Refuse what there is not, by name.

    Raises:
        UnknownChoice: with the names there are.
    """
    if (runtime == "c9s") is not host.startswith(K8S):
        raise UnknownChoice(
            f"runtime {runtime} cannot make a lab on host {host}: "
            f"c9s does so on {K8S}[context/]namespace, and there alone"
        )
    if host.startswith(K8S):
        namespace(host)
        return
    if host.startswith(SCHEME):
        machines = destinations(host)
        if len(machines) > 1 and runtime == "containerlab":
            raise UnknownChoice(
                f"runtime containerlab has a lab on one machine, not on {len(machines)}: "
                "--runtime netns has it on several"
            )
    elif host not in HOSTS:
        names = f"{', '.join(HOSTS)}, {SCHEME}user@machine and {K8S}[context/]namespace"
        raise UnknownChoice(f"no host '{host}': there are {names}")
    if runtime not in RUNTIMES:
        raise UnknownChoice(f"no runtime '{runtime}': there are {', '.join(RUNTIMES)} and c9s")


def start_host(placement: Placement, settings: Settings, progress: Progress) -> Place:
    """Start or join a host, making first what it and the runtime on it need.

    Args:
        placement: of the lab that is to be on it.
        settings: the user's.
        progress: called with what is being done.

    Raises:
        HostError: it cannot be had on this machine.
    """
    if placement.host.startswith(K8S):
        return Cluster.start(namespace(placement.host), progress)
    node, places = Recipe.load(settings, suite=placement.suite), settings.places
    docker = placement.runtime == "containerlab"
    if placement.host == "guest":
        if docker:
            return guest_docker.start(progress, settings, node)
        return Guest.start(progress, places, node, kernels=placement.guests)
    tree = None if docker else node
    if placement.host.startswith(SCHEME):
        machines = destinations(placement.host)
        if len(machines) > 1:
            return SshMachines.start(machines, progress, node, settings)
        return SshHost.start(machines[0], progress, tree, settings)
    return LocalHost.start(progress, tree, places)


def attach_host(placement: Placement, settings: Settings, connect: Connect = directly) -> Place:
    """Join a host that runs, for labs of that runtime whose nodes are of that Debian release.

    Args:
        placement: of the lab that is on it.
        settings: the user's.
        connect: how a guest is connected to.

    Raises:
        NotRunning, HostDied: it does not.
    """
    if placement.host.startswith(K8S):
        return Cluster.attach(namespace(placement.host))
    if placement.host == "guest":
        return Guest.attach(settings.places, connect)
    # Nodes of containerlab are made of images.
    tree = Recipe.load(settings, suite=placement.suite) if placement.runtime == "netns" else None
    if placement.host.startswith(SCHEME):
        machines = destinations(placement.host)
        if tree is not None and len(machines) > 1:
            return SshMachines.attach(machines, tree, settings)
        return SshHost.attach(machines[0], tree, settings)
    return LocalHost.attach(tree, settings.places)


def namespace(host: str) -> Namespace:
    """What `k8s://context/namespace` names."""
    try:
        return Namespace.parse(host)
    except ValueError as error:
        raise UnknownChoice(str(error)) from None


def destinations(host: str) -> tuple[Destination, ...]:
    """The machines that `ssh://a,ssh://b` names."""
    try:
        machines = tuple(Destination.parse(one) for one in host.split(","))
    except ValueError as error:
        raise UnknownChoice(str(error)) from None
    for number, one in enumerate(machines):
        if one in machines[:number]:
            raise UnknownChoice(f"{one} is named twice in {host}")
    if len(machines) > MOST_MACHINES:
        raise UnknownChoice(
            f"{len(machines)} machines are too many for one lab: it can be on {MOST_MACHINES}"
        )
    return machines


def make_runtime(name: str, host: Place, settings: Settings, image: str = "") -> Runtime:
    """A runtime on a host; those that make containers may be given the image of all their nodes."""
    check_choice(host.name, name)
    keys = Keys.load_or_create(settings.places)
    access = NodeKeys(keys.login.public_text, keys.private_of)
    if isinstance(host, Cluster):
        from orchestrator.runtimes.c9s import C9sRuntime  # noqa: PLC0415 -- as below

        return C9sRuntime(host, access, image or settings.image or None)
    if name == "containerlab":
        # It knows how lab files are read, which takes longer to import than `exec` to run a command.
        from orchestrator.runtimes.containerlab import ContainerlabRuntime  # noqa: PLC0415

        return ContainerlabRuntime(host, access, image or settings.image or None)
    if isinstance(host, Guest | SshMachines) and len(host.members) > 1:
        return SpreadRuntime(host.members, access, strangers=isinstance(host, SshMachines))
    return NetnsRuntime(host, access)


def host_words(placement: Placement) -> str:
    """A lab's host, for a person to read."""
    spread = placement.host == "guest" and placement.guests > 1
    return f"guest of {placement.guests} kernels" if spread else " and ".join(placement.host.split(","))


def platform(host: Place) -> str:
    """What nodes are made on: a kernel's release, or each that one of several has; a cluster's version.

    Raises:
        HostError: one does not say.
    """

    def release(one: Host) -> str:
        return one.run("uname -r", timeout=10).expect_ok("ask for the kernel").text.strip()

    if isinstance(host, Cluster):
        return f"Kubernetes {host.version()}"
    return f"Linux {' and '.join(dict.fromkeys(at_once(release, each_of(host))))}"


def same_folder(a: str, b: Path) -> bool:
    """Whether two paths name one lab folder."""
    return Path(a) == b.resolve()
