"""What a command line means on this machine: which lab, which host, which nodes."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from orchestrator.commands.outcome import UsageError, complain
from orchestrator.faults.vocabulary import told
from orchestrator.hosts.doctor import choose
from orchestrator.hosts.machine import probe
from orchestrator.hosts.places import Places
from orchestrator.lifecycle.folders import lab_folder
from orchestrator.lifecycle.machine import check_choice, same_folder
from orchestrator.lifecycle.running import NotUp, find, joined, opened
from orchestrator.lifecycle.store import Store
from orchestrator.loading import load_lab, load_stages
from orchestrator.verification.forwarding.between import Place

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from orchestrator.faults.vocabulary import Fault
    from orchestrator.lifecycle.running import Running
    from orchestrator.lifecycle.store import Placement
    from orchestrator.model.lab import Lab, Site


def state_store() -> Store:
    """This user's memory of labs."""
    return Store(Places.here().state)


def wanted_place(given: argparse.Namespace) -> tuple[str, str]:
    """Host and runtime: as asked for, else what suits this machine.

    Raises:
        CannotRunHere: nothing does.
        UnknownChoice: there is no such host or runtime.
    """
    host, runtime = given.host, given.runtime
    if not (host and runtime):
        chosen = choose(probe(), host, runtime)
        host, runtime = chosen.host, chosen.runtime
    check_choice(host, runtime)
    return host, runtime


@contextmanager
def joined_lab(given: argparse.Namespace) -> Iterator[Running]:
    """The running lab that is meant; `--host` and `--runtime` must not say otherwise.

    Raises:
        NotUp: it is not up, or not there.
        DeployFailed: a node that was made by others does not let itself be opened.
    """
    placement = find(given.lab, state_store())
    for asked, there in ((given.host, placement.host), (given.runtime, placement.runtime)):
        if asked and asked != there:
            raise NotUp(f"lab '{placement.lab}' is up on {placement.host} ({placement.runtime}), not {asked}")
    with joined(placement) as running:
        yield opened(running)


@contextmanager
def alone_with(given: argparse.Namespace, lab: str) -> Iterator[None]:
    """A lab for this command alone: with `--wait`, once another command has ended.

    Raises:
        Busy: another one is at work on it.
    """
    with state_store().lock(lab, given.verb, complain if given.wait else None):
        yield


@contextmanager
def held_lab(given: argparse.Namespace) -> Iterator[Running]:
    """The running lab that is meant, as it is once nobody else is at work on it.

    Raises:
        Busy: another command is at work on it.
        NotUp, DeployFailed: as `joined_lab`.
    """
    with alone_with(given, find(given.lab, state_store()).lab), joined_lab(given) as running:
        yield running


def still_failed(given: str, faults: Iterable[Fault]) -> str:
    """What stays failed, in a line."""
    return f"still failed: {', '.join(map(told, faults))}; `l3vpn restore {shlex.quote(given)}` undoes it"


def wanted_lab(given: argparse.Namespace) -> Lab:
    """What the files of a lab want: at the stage asked for, else at the one that it was last brought to.

    All its stages are read, so that none turns out to be wrong half way through.

    Raises:
        NoSuchLab: there is no such lab.
        LabFileError: the files have mistakes, or no such stage.
    """
    folder = lab_folder(given.lab)
    begins = load_stages(folder)[0]
    before = state_store().get(begins.name)
    if given.stage is None and before is not None and same_folder(before.folder, folder):
        return load_lab(folder, before.stage)
    return load_lab(folder, given.stage or "")


def staged(given: argparse.Namespace, placement: Placement) -> Placement:
    """A running lab at the stage asked for, else at the one that it was last brought to."""
    return placement if given.stage is None else replace(placement, stage=given.stage)


def named_nodes(lab: Lab, names: Sequence[str]) -> tuple[str, ...]:
    """The nodes named, or all.

    Raises:
        UsageError: the lab has no such node.
    """
    known = tuple(node.name for node in lab.nodes)
    for name in names:
        if name not in known:
            raise UsageError(f"lab '{lab.name}' has no node '{name}': it has {' '.join(known)}")
    return tuple(names) or known


def named_site(lab: Lab, name: str) -> Site:
    """The site of that name.

    Raises:
        UsageError: the lab has no such site.
    """
    for site in lab.sites:
        if site.name == name:
            return site
    raise UsageError(_no_such(lab, "site", name, [site.name for site in lab.sites]))


def named_place(lab: Lab, name: str) -> Place:
    """The site of that name, or the one CE.

    Raises:
        UsageError: the lab has neither.
    """
    ces: dict[str, Site] = {one.ce.node: site for site in lab.sites for one in site.attachments}
    for site in lab.sites:
        if site.name == name:
            return Place(name, site.vpn, tuple(dict.fromkeys(one.ce.node for one in site.attachments)))
    if name in ces:
        return Place(name, ces[name].vpn, (name,))
    known = dict.fromkeys((*(site.name for site in lab.sites), *ces))
    raise UsageError(_no_such(lab, "site or CE", name, known))


def _no_such(lab: Lab, what: str, name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"lab '{lab.name}' has no {what} '{name}': {near or 'it has ' + ' '.join(known)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'red1'?`, or nothing if no name is like it."""
    near = get_close_matches(name, list(known), n=1)
    return f"did you mean '{near[0]}'?" if near else ""
