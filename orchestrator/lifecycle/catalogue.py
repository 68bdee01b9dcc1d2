"""What a lab is about, for somebody who picks one: its title, what its sites speak, how large it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.loading import load_stages
from orchestrator.model.load import TOPOLOGY_SUFFIXES
from orchestrator.model.mistakes import LabFileError
from orchestrator.model.reading import read_text

if TYPE_CHECKING:
    from pathlib import Path

_HEADING: Final = re.compile(r"#\s+(?:[\w.-]+:\s+)?(.+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A lab as a list of labs shows it.

    Attributes:
        title: the heading of its README, without the lab's name, or the first comment of its topology file;
            empty where it has neither.
        protocols: the PE-CE protocols of its sites, at any of its stages.
        nodes: how many nodes its topology has; None where its files have mistakes.
    """

    title: str
    protocols: tuple[str, ...]
    nodes: int | None


def entry(folder: Path) -> Entry:
    """The lab in a folder. One whose files have mistakes is listed, with its title alone."""
    title = _title(folder)
    try:
        stages = load_stages(folder)
    except LabFileError:
        return Entry(title, (), None)
    spoken = {
        type(one.protocol).__name__.lower()
        for lab in stages
        for site in lab.sites
        for one in site.attachments
    }
    return Entry(title, tuple(sorted(spoken)), len(stages[0].nodes))


def _title(folder: Path) -> str:
    topologies = sorted(file for suffix in TOPOLOGY_SUFFIXES for file in folder.glob(f"[!.]*{suffix}"))
    return next(filter(None, map(_heading, (folder / "README.md", *topologies))), "")


def _heading(file: Path) -> str:
    """What the first line says, without the name of the lab, if it is a heading or a comment."""
    try:
        first, _, _ = read_text(file).partition("\n")
    except LabFileError:
        return ""
    found = _HEADING.fullmatch(first.strip())
    return found[1] if found else ""
