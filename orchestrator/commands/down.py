"""`down`: take a lab down, or what is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands.resolve import alone_with
from orchestrator.errors import ExitCode
from orchestrator.lifecycle.down import Forgotten, take_down
from orchestrator.lifecycle.running import NotUp, find
from orchestrator.terminal import PhaseLines, console

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    wait: bool
    force: bool


def run(options: Options, settings: Settings) -> int:
    """Take it down; no error if it is not up."""
    out = console()
    try:
        placement = find(options.lab, settings)
    except NotUp:
        out.print(f"{options.lab} is not up")
        return ExitCode.PROVEN
    watcher = PhaseLines(out)
    watcher.begin("down")
    try:
        with alone_with(placement.lab, "down", settings, wait=options.wait):
            removed = take_down(placement, settings, watcher.step, force=options.force)
    except Forgotten as forgotten:
        watcher.say(str(forgotten))
        return ExitCode.PROVEN
    finally:
        watcher.stop()
    out.print(f"{placement.lab} is down" if removed else f"{placement.lab} was not up; what was left is gone")
    return ExitCode.PROVEN
