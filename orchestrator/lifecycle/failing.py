"""Failing and restoring what a lab has, remembered until it is undone; at most one fault for each thing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import L3vpnError
from orchestrator.faults import execute
from orchestrator.faults.fault import NoSuchTarget
from orchestrator.faults.injections import CeMisconfigured, described
from orchestrator.faults.naming import inject
from orchestrator.fleet.push import push
from orchestrator.loading import load_lab
from orchestrator.model.mistakes import LabFileError
from orchestrator.model.state import State, together
from orchestrator.render.plumbing import losing_neighbors

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from orchestrator.faults.fault import Fault
    from orchestrator.faults.injections import Configured, Injection
    from orchestrator.fleet.fleet import Fleet
    from orchestrator.lifecycle.store import Placement, Store
    from orchestrator.model.lab import Lab


class FailedAlready(L3vpnError):  # noqa: N818 -- says what happened
    """Something else was done to the same thing, and has to be undone first."""


def failed_in(lab: Lab, store: Store) -> tuple[Injection, ...]:
    """What of a lab is failed, oldest first; what its files do not have (at this stage) cannot be."""
    return tuple(found for one in store.failed(lab.name) if (found := _still_there(lab, one)) is not None)


def _still_there(lab: Lab, fault: Fault) -> Injection | None:
    try:
        return inject(lab, fault)
    except NoSuchTarget:
        return None


def described_faults(placement: Placement, store: Store) -> tuple[str, ...]:
    """What of a lab is failed, a line each, whatever has become of its files."""
    try:
        return tuple(map(described, failed_in(load_lab(Path(placement.folder), placement.stage), store)))
    except LabFileError:
        return tuple(map(str, store.failed(placement.lab)))


def state_of(faults: Iterable[Injection]) -> State:
    """What a proof has to reckon with."""
    return together(fault.state for fault in faults)


def fail(fleet: Fleet, lab: Lab, fault: Injection, store: Store) -> bool:
    """Let something happen; whether it had not happened before.

    Raises:
        FailedAlready: something else happened to the same thing.
        NotDone: a node does not do it.
    """
    before = failed_in(lab, store)
    if fault in before:
        return False
    for other in before:
        if other.target == fault.target:
            raise FailedAlready(f"{described(other)} already: restore it first")
    # Remembered first, so that whatever is done can be undone.
    store.put_failed(lab.name, (*store.failed(lab.name), fault.fault))
    execute.fail(fleet, fault)
    return True


def restore(fleet: Fleet, lab: Lab, faults: Sequence[Injection], store: Store) -> None:
    """Undo faults, the last one first.

    Raises:
        NotDone: a node does not do it; what is not undone stays remembered.
    """
    for fault in reversed(faults):
        others = tuple(one for one in failed_in(lab, store) if one != fault)
        execute.restore(fleet, fault, others)
        if needs_push := fault.needs_push | losing_neighbors(lab, fault.takes_down):
            push_back(fleet, lab, needs_push, others)
        store.put_failed(lab.name, [one for one in store.failed(lab.name) if one != fault.fault])


def misconfigure(fleet: Fleet, lab: Lab, fault: Configured, others: Iterable[Injection]) -> None:
    """Change a configuration as a hand would. Nobody remembers it: a push of what the files want undoes it.

    Raises:
        NotDone: the node does not take it.
    """
    if isinstance(fault, CeMisconfigured):
        push_back(fleet, fault.wanted(lab), {fault.ce}, others)
    else:
        execute.fail(fleet, fault)


def fail_again(fleet: Fleet, faults: Iterable[Injection]) -> None:
    """Do once more what may have been undone by making nodes or links anew.

    Raises:
        NotDone: a node does not do it.
    """
    for fault in faults:
        execute.fail(fleet, fault)


def standing_nodes(lab: Lab, faults: Iterable[Injection]) -> tuple[str, ...]:
    """The nodes that are not lost: those that a push can reach."""
    lost = state_of(faults).nodes_down
    return tuple(node.name for node in lab.nodes if node.name not in lost)


def push_back(fleet: Fleet, lab: Lab, only: Container[str], others: Iterable[Injection]) -> None:
    """Bring some nodes back to what a lab wants; what is failed stays failed.

    Raises:
        NotDone: a node does not do it.
    """
    nodes = [node for node in standing_nodes(lab, others) if node in only]
    for result in push(fleet, lab, nodes, failed=execute.held_down(others)).values():
        if result.failure is not None:
            raise execute.NotDone(f"{result.node}: {result.failure}")
