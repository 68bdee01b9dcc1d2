"""A lab that is up: found by what a person calls it, joined, and its nodes' sessions opened."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import L3vpnError
from orchestrator.fleet.fleet import Fleet
from orchestrator.fleet.kept import Kept
from orchestrator.fleet.kept_machine import KeptMachine
from orchestrator.hosts.at_work import at_work, processors_of
from orchestrator.hosts.base import HostError, PortUnreachable
from orchestrator.hosts.keys import Keys
from orchestrator.lifecycle import factory
from orchestrator.lifecycle.folders import NoSuchLab, lab_folder
from orchestrator.lifecycle.store import Placement, Store
from orchestrator.runtimes.base import NameTaken, NodeState
from orchestrator.verification.kit.answers import no_node_progress

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.hosts.cluster import Place
    from orchestrator.model.lab import Lab
    from orchestrator.runtimes.base import RunningLab, RunningNode
    from orchestrator.settings import Settings
    from orchestrator.verification.kit.answers import NodeProgress


class NotUp(L3vpnError):  # noqa: N818 -- the name says what happened
    """The lab, or a node of it, is not up."""


_NOWHERE = IPv4Network("240.0.0.0/4")
"""Stands for the addresses of nodes that cannot be reached: reserved (RFC 1112), so nobody has one."""

_WRONG = {
    NodeState.NOT_BOOTSTRAPPED: "has not been bootstrapped",
    NodeState.RESTARTED: "was restarted and has lost its links",
    NodeState.STOPPED: "has died",
    NodeState.UNREACHABLE: "is on a machine that does not answer",
}


@dataclass(frozen=True, slots=True)
class LabOnHost:
    """A lab that is up, and the host it is on."""

    placement: Placement
    host: Place
    lab: RunningLab
    settings: Settings

    def node(self, name: str) -> RunningNode:
        """One of its nodes.

        Raises:
            NotUp: there is none of that name, or it does not run.
        """
        for node in self.lab.nodes:
            if node.name == name:
                if node.state is not NodeState.RUNNING:
                    raise NotUp(f"node {name} {_WRONG[node.state]}: {_help(self.lab)}")
                return node
        names = " ".join(node.name for node in self.lab.nodes)
        raise NotUp(f"lab '{self.lab.name}' has no node '{name}': it has {names}")


def find(given: str, settings: Settings) -> Placement:
    """Where the lab that a person calls `given` (a name, or its folder) was brought up.

    A lab that somebody deployed with containerlab itself, on a host that runs, is remembered from now on.

    Raises:
        NotUp: it was not.
        NoSuchLab: there is no such lab at all.
    """
    store = Store.of(settings)
    placements = store.all()
    for one in placements:
        if one.lab == given:
            return one
    folder = lab_folder(given)
    for one in placements:
        if factory.same_folder(one.folder, folder):
            return one
    found = _found_on_a_host(str(folder.resolve()), settings)
    if found is not None:
        store.put(found)
        return found
    raise NotUp(f"lab '{given}' is not up: `l3vpn up {shlex.quote(given)}` brings it up")


def _found_on_a_host(folder: str, settings: Settings) -> Placement | None:
    """Where a lab from that folder is that is not remembered: containerlab's own, or its record was lost."""
    for name, runtime in (("guest", "netns"), *((one, "containerlab") for one in factory.HOSTS)):
        try:
            host = factory.attach_host(Placement("", folder, name, runtime), settings)
        except HostError:
            continue
        try:
            labs = factory.make_runtime(runtime, host, settings).labs()
        except HostError:
            continue
        finally:
            host.close()
        for lab in labs:
            if lab.folder == folder:
                return Placement(lab.name, folder, name, runtime)
    return None


@contextmanager
def joined(placement: Placement, settings: Settings) -> Iterator[LabOnHost]:
    """Join the host of a lab that was brought up.

    Raises:
        HostError: the host does not run, or has died.
        NotUp: the host runs, but has no such lab.
    """
    host = factory.attach_host(placement, settings, partial(KeptMachine, kept_sessions(settings)))
    try:
        yield on_host(placement, host, settings)
    finally:
        host.close()


def on_host(placement: Placement, host: Place, settings: Settings) -> LabOnHost:
    """The lab, as its host knows it.

    Raises:
        NotUp: the host has no such lab.
    """
    for lab in factory.make_runtime(placement.runtime, host, settings).labs():
        if lab.name == placement.lab:
            return LabOnHost(placement, host, lab, settings)
    raise NotUp(f"lab '{placement.lab}' is not up any more: `l3vpn up {placement.lab}` brings it up")


def opened(running: LabOnHost) -> LabOnHost:
    """The lab with all its nodes open; they are, but in a lab that was deployed by containerlab itself.

    Raises:
        DeployFailed: a node does not let itself be opened.
    """
    if all(node.state is not NodeState.NOT_BOOTSTRAPPED for node in running.lab.nodes):
        return running
    from orchestrator.render.daemons import daemons_of  # noqa: PLC0415 -- as in `intent_of`

    runtime = factory.make_runtime(running.placement.runtime, running.host, running.settings)
    roles = {node.name: node.role for node in running.lab.nodes}
    return replace(running, lab=runtime.bootstrap(running.lab, daemons_of(roles)))


def intent_of(given: str, placement: Placement) -> Lab:
    """What a running lab's files want now, at the stage that it is at.

    Raises:
        NameTaken: `given` means another folder than the one the lab was brought up from.
        LabFileError: the files have mistakes.
    """
    # 150 ms, of no use to commands that need no intent.
    from orchestrator.loading import load_lab  # noqa: PLC0415

    try:
        folder = lab_folder(given)
    except NoSuchLab:
        folder = Path(placement.folder)
    if not factory.same_folder(placement.folder, folder):
        raise NameTaken(f"lab '{placement.lab}' is up from {placement.folder}, not from {folder.resolve()}")
    return load_lab(folder, placement.stage)


def fleet(running: LabOnHost, lab: Lab | None = None, progress: NodeProgress = no_node_progress) -> Fleet:
    """Sessions to the nodes of a running lab, opened when they are first used.

    Args:
        running: the lab.
        lab: what its files want; a node that they have and that is missing is reported so.
        progress: called with what the sessions do.
    """
    keys = Keys.load_or_create(running.settings.places)
    wrong = {} if lab is None else {node.name: "is not there" for node in lab.nodes}
    wrong |= {node.name: _WRONG.get(node.state, "") for node in running.lab.nodes}
    addresses = running.lab.addresses
    refusals: dict[IPv4Address, str] = {}
    for address, (node, what) in zip(_NOWHERE, wrong.items(), strict=False):
        if what:
            addresses[node] = address
            refusals[address] = f"{what}: {_help(running.lab)}"

    def dial(address: IPv4Address, port: int) -> socket.socket:
        if address in refusals:
            raise PortUnreachable(refusals[address])
        return running.host.dial(address, port)

    return Fleet(
        addresses,
        dial,
        key=keys.login.private,
        known_hosts=keys.known_nodes(running.lab.name, running.lab.addresses),
        at_work=partial(at_work, running.host),
        processors=processors_of(running.host),
        progress=progress,
        kept=kept_sessions(running.settings) if running.placement.host == "guest" else None,
    )


def _help(lab: RunningLab) -> str:
    """What to do about a node that is not there; with a machine that does not answer, first about that."""
    return "; ".join(lab.unreachable) or f"`l3vpn up {lab.name}` fixes it"


def kept_sessions(settings: Settings) -> Kept:
    """What keeps sessions to nodes in the guest between commands."""
    return Kept(settings.places.state / "sessions")


def looks(settings: Settings) -> Iterator[tuple[Placement, RunningLab | HostError | NotUp]]:
    """Every lab that was brought up, as its host knows it, or why its host does not know."""
    for placement in Store.of(settings).all():
        try:
            with joined(placement, settings) as running:
                yield placement, running.lab
        except (HostError, NotUp) as error:
            yield placement, error
