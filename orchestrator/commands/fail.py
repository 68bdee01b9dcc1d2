"""`fail`: inject a fault into a link, node, LAN or daemon."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.resolve import held_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.faults.naming import milliseconds, percent, read_fault
from orchestrator.faults.vocabulary import told
from orchestrator.lifecycle.failing import fail
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store
from orchestrator.terminal import console

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    wait: bool
    target: str
    silent: bool
    loss: str | None
    delay: str | None
    daemon: str | None


def run(options: Options, settings: Settings) -> int:
    """Inject it; it stays until `restore`."""
    out = console()
    with held_lab(options, "fail", settings) as running:
        lab = intent_of(options.lab, running.placement)
        with fleet(running, lab) as sessions:
            fault = read_fault(lab, words(options))
            if fail(sessions, lab, fault, Store.of(settings)):
                undo = f"l3vpn restore {shlex.quote(options.lab)} {options.target}"
                out.print(f"{told(fault)}; `{undo}` undoes it", markup=False)
            else:
                out.print(f"{told(fault)} already", markup=False)
    return ExitCode.PROVEN


def words(options: Options) -> str:
    """What the options say, in the language of scenarios."""
    how = [
        *(["silent"] if options.silent else []),
        *(["loss", f"{percent(options.loss):g}%"] if options.loss else []),
        *(["delay", f"{milliseconds(options.delay):g}ms"] if options.delay else []),
        *([options.daemon] if options.daemon else []),
    ]
    if options.silent and options.loss:
        raise UsageError("--silent is a loss of 100 %: say one of the two")
    return " ".join((options.target, *how))
