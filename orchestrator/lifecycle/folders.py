"""Where a lab's files are found, by name or by path."""

from __future__ import annotations

from pathlib import Path

import orchestrator

_SHIPPED = Path(orchestrator.__file__).parent.parent / "labs"


class NoSuchLab(Exception):  # noqa: N818 -- the name says what happened
    """No lab folder is meant by what was given."""


def lab_folder(given: str) -> Path:
    """The folder of a lab: a name under `labs/` (here, or shipped with the program), or a path.

    Raises:
        NoSuchLab: with the names there are.
    """
    path = Path(given)
    for candidate in (Path("labs") / given, _SHIPPED / given, path):
        if candidate.is_dir():
            return candidate
    if path.is_file():
        return path.parent
    known = ", ".join(sorted(known_labs()))
    raise NoSuchLab(f"no lab '{given}': it is neither a folder nor a name under labs/ ({known})")


def known_labs() -> dict[str, Path]:
    """The labs under `labs/`, by name; those in the current folder come before the shipped ones."""
    found: dict[str, Path] = {}
    for root in (_SHIPPED, Path("labs")):
        if root.is_dir():
            found |= {one.name: one for one in root.iterdir() if any(one.glob("*.clab.yml"))}
    return found
