"""`shell`: vtysh of a node, in this terminal."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.commands import exec as executing
from orchestrator.commands.login import login
from orchestrator.commands.resolve import joined_lab

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str
    host: str | None
    runtime: str | None
    node: str
    lines: Sequence[str] | None


def run(options: Options, settings: Settings) -> int:
    """Open it; or run some of its lines, with its exit status."""
    if options.lines:
        command = ("vtysh", *(word for line in options.lines for word in ("-c", line)))
        place = options.host, options.runtime
        return executing.run(executing.Options(options.lab, *place, options.node, command), settings)
    with joined_lab(options, settings) as running:
        argv = login(running, options.node, "vtysh", None)
    return subprocess.run(argv, check=False).returncode
