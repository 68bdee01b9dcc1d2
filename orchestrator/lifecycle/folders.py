"""Where a lab's files are found, by name or by path."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from orchestrator.errors import L3vpnError
from orchestrator.shipped import LABS


class NoSuchLab(L3vpnError):  # noqa: N818 -- the name says what happened
    """No lab folder is meant by what was given."""


def lab_folder(given: str) -> Path:
    """The folder of a lab: a name under `labs/` (here, or shipped with the program), or a path.

    What has a separator in it, `.` and `..` are paths and never names. A file means the folder that it is in.

    Raises:
        NoSuchLab: with the names there are.
    """
    try:
        return _folder(given)
    except OSError as error:  # the name is too long, or a folder on the way is not ours to enter
        raise NoSuchLab(f"no lab '{given}': {error.strerror}") from None


def _folder(given: str) -> Path:
    path = Path(given)
    by_name: tuple[Path, ...] = () if _is_path(given) else (Path("labs") / given, LABS / given)
    for candidate in (*by_name, path):
        if given and candidate.is_dir():
            return candidate
    if path.is_file():
        return path.parent
    if _is_path(given):
        raise NoSuchLab(f"no lab '{given}': there is no such folder")
    known = sorted(known_labs())
    if near := get_close_matches(given, known, n=1):
        raise NoSuchLab(f"no lab '{given}': did you mean '{near[0]}'?")
    raise NoSuchLab(f"no lab '{given}': it is neither a folder nor a name under labs/ ({', '.join(known)})")


def _is_path(given: str) -> bool:
    return given in {os.curdir, os.pardir} or os.sep in given


def known_labs() -> dict[str, Path]:
    """The labs under `labs/`, by name; those in the current folder come before the shipped ones."""
    found: dict[str, Path] = {}
    for root in (LABS, Path("labs")):
        if root.is_dir():
            found |= {one.name: one for one in root.iterdir() if any(one.glob("*.clab.yml"))}
    return found
