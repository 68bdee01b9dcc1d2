"""`fail`: inject a fault into a link, node, LAN or daemon."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.resolve import held_lab
from orchestrator.errors import ExitCode, UsageError
from orchestrator.faults.fault import Fault, milliseconds, percent
from orchestrator.faults.injections import described
from orchestrator.faults.naming import inject
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
            fault = inject(lab, fault_of(options))
            if fail(sessions, lab, fault, Store.of(settings)):
                undo = f"l3vpn restore {shlex.quote(options.lab)} {options.target}"
                out.print(f"{described(fault)}; `{undo}` undoes it", markup=False)
            else:
                out.print(f"{described(fault)} already", markup=False)
    return ExitCode.PROVEN


def fault_of(options: Options) -> Fault:
    """What the options say."""
    if options.silent and options.loss:
        raise UsageError("--silent is a loss of 100 %: say one of the two")
    loss = 100.0 if options.silent else percent(options.loss) if options.loss else 0.0
    delay = milliseconds(options.delay) if options.delay else 0.0
    return Fault(options.target, loss, delay, options.daemon or "")
