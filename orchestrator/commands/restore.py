"""`restore`: undo what `fail` did to one thing, or to all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.commands.resolve import held_lab
from orchestrator.errors import ExitCode
from orchestrator.faults.injections import described
from orchestrator.faults.naming import read_target, target_name
from orchestrator.lifecycle.failing import failed_in, restore
from orchestrator.lifecycle.running import fleet, intent_of
from orchestrator.lifecycle.store import Store
from orchestrator.terminal import console

if TYPE_CHECKING:
    from orchestrator.settings import Settings

EVERYTHING: Final = "everything"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    wait: bool
    target: str


def run(options: Options, settings: Settings) -> int:
    """Undo it; no error if there is nothing to undo."""
    out = console()
    store = Store.of(settings)
    with held_lab(options, "restore", settings) as running:
        lab = intent_of(options.lab, running.placement)
        with fleet(running, lab) as sessions:
            faults = failed_in(lab, store)
            what = "nothing"
            if options.target != EVERYTHING:
                what = target_name(lab, read_target(lab, options.target))
                faults = tuple(fault for fault in faults if fault.target == what)
            if not faults:
                out.print(f"{what} is failed" if what == "nothing" else f"{what} is not failed")
            restore(sessions, lab, faults, store)
            for fault in faults:
                out.print(f"{fault.target} restored", markup=False)
            left = failed_in(lab, store)
    if faults and left:
        out.print(f"still failed: {', '.join(map(described, left))}", markup=False)
    return ExitCode.PROVEN
