"""`list`: the labs there are, what they are about, and which are up."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.errors import ExitCode
from orchestrator.lifecycle.catalogue import entry
from orchestrator.lifecycle.folders import known_labs
from orchestrator.lifecycle.running import looks
from orchestrator.runtimes.base import RunningLab
from orchestrator.shipped import LABS
from orchestrator.terminal import console, table

if TYPE_CHECKING:
    from orchestrator.settings import Settings

_SHIPPED: Final = "shipped"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    format: str


def run(options: Options, settings: Settings) -> int:
    """The labs there are, what they are about, and which of them are up."""
    there = {folder.resolve(): name for name, folder in known_labs().items()}
    up = {Path(one.folder): (one, lab) for one, lab in looks(settings)}
    labs = []
    for folder in sorted({*there, *up}):
        placement, lab = up.get(folder, (None, None))
        name = placement.lab if placement else there[folder]
        state = "-" if lab is None else "up" if isinstance(lab, RunningLab) else "broken"
        labs.append((name, state, placement.host if placement else "-", folder, entry(folder)))
    if options.format == "json":
        objects = [
            {"lab": name, "state": state, "host": host, "folder": str(folder)} | asdict(about)
            for name, state, host, folder, about in labs
        ]
        print(json.dumps(objects, indent=2))
        return ExitCode.PROVEN
    rows = [
        (
            name,
            state,
            host,
            " ".join(about.protocols) or "-",
            "-" if about.nodes is None else str(about.nodes),
            about.title or "-",
            _from_here(folder),
        )
        for name, state, host, folder, about in labs
    ]
    console().print(table(("lab", "state", "host", "PE-CE", "nodes", "title", "folder"), rows))
    if any(folder == _SHIPPED for *_, folder in rows):
        print(f"{_SHIPPED}: {LABS}")
    return ExitCode.PROVEN


def _from_here(folder: Path) -> str:
    """A folder as one would type it here; a lab that travels with the program needs none."""
    here = Path.cwd()
    if folder.is_relative_to(here):
        return str(folder.relative_to(here))
    return _SHIPPED if folder.parent == LABS else str(folder)
