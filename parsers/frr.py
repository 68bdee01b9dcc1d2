"""The FRR release itself."""

from __future__ import annotations

from typing import Final

from parsers.facts import FrrVersion
from parsers.reading import Command, read

_VERSION: Final = Command("show version", "version", frozenset({"version"}))


def parse_version(text: str, version: str = "") -> FrrVersion:
    """Read ``show version``.

    Raises:
        ParseError: A line was not understood, or this is not the command's output.
    """
    row = read(_VERSION, text, version).only("version")
    return FrrVersion(row["version"], row["hostname"], row["system"])
