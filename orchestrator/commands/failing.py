"""`fail` and `restore`: things happen to a lab, and are undone."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.commands.meaning import held_lab, state_store
from orchestrator.commands.outcome import UsageError
from orchestrator.errors import ExitCode
from orchestrator.faults.naming import milliseconds, percent, read_fault, read_target, target_name
from orchestrator.faults.vocabulary import told
from orchestrator.lifecycle import failing
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.terminal import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.lab import Lab

EVERYTHING = "everything"


@contextmanager
def _held(given: argparse.Namespace) -> Iterator[tuple[Lab, Fleet]]:
    """The lab that is meant, with sessions to its nodes, and for this command alone."""
    with held_lab(given) as running:
        lab = intent_of(given.lab, running.placement)
        with fleet(running, lab) as sessions:
            yield lab, sessions


def run_fail(given: argparse.Namespace) -> int:
    """Let something happen to a link, a node or a LAN."""
    out = console()
    with _held(given) as (lab, sessions):
        fault = read_fault(lab, words(given))
        if failing.fail(sessions, lab, fault, state_store()):
            out.print(
                f"{told(fault)}; `l3vpn restore {shlex.quote(given.lab)} {given.target}` undoes it",
                markup=False,
            )
        else:
            out.print(f"{told(fault)} already", markup=False)
    return ExitCode.PROVEN


def words(given: argparse.Namespace) -> str:
    """What the options say, in the language of scenarios."""
    how = [
        *(["silent"] if given.silent else []),
        *(["loss", f"{percent(given.loss):g}%"] if given.loss else []),
        *(["delay", f"{milliseconds(given.delay):g}ms"] if given.delay else []),
        *([given.daemon] if given.daemon else []),
    ]
    if given.silent and given.loss:
        raise UsageError("--silent is a loss of 100 %: say one of the two")
    return " ".join((given.target, *how))


def run_restore(given: argparse.Namespace) -> int:
    """Undo what was done to one thing, or to all."""
    out = console()
    store = state_store()
    with _held(given) as (lab, sessions):
        faults = failing.failed_in(lab, store)
        what = "nothing"
        if given.target != EVERYTHING:
            what = target_name(lab, read_target(lab, given.target))
            faults = tuple(fault for fault in faults if fault.target == what)
        if not faults:
            out.print(f"{what} is failed" if what == "nothing" else f"{what} is not failed")
        failing.restore(sessions, lab, faults, store)
        for fault in faults:
            out.print(f"{fault.target} restored", markup=False)
        left = failing.failed_in(lab, store)
    if faults and left:
        out.print(f"still failed: {', '.join(map(told, left))}", markup=False)
    return ExitCode.PROVEN
