"""`inventory`: export a nornir inventory and an ssh_config."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.commands.resolve import joined_lab
from orchestrator.errors import ExitCode
from orchestrator.hosts.keys import Keys
from orchestrator.lifecycle.inventory import DEFAULTS, GROUPS, HOSTS, inventory
from orchestrator.terminal import console

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    write: str | None


def run(options: Options, settings: Settings) -> int:
    """The lab as a nornir SimpleInventory: printed, or written as files together with an `ssh_config`."""
    folder = Path(options.write or ".").resolve()
    with joined_lab(options, settings) as running:
        made = inventory(running.lab, Keys.load_or_create(settings.places), folder)
    if options.write:
        made.write(folder)
        console().print(f"{folder}: {' '.join(sorted(made.files))}", markup=False)
        return ExitCode.PROVEN
    for name in (HOSTS, GROUPS, DEFAULTS):
        print(f"# {name}\n{made.files[name]}")
    return ExitCode.PROVEN
