"""The FRR release itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from parsers.command import Command
from parsers.reading import Table

if TYPE_CHECKING:
    from parsers.reading import Reading


@dataclass(frozen=True, slots=True)
class FrrVersion:
    """First line of ``show version``."""

    version: str
    hostname: str
    system: str


def _version(reading: Reading) -> tuple[FrrVersion, ...]:
    row = reading.only("version")
    return (FrrVersion(row["version"], row["hostname"], row["system"]),)


VERSION: Final = Command("show version", Table("version", _version, frozenset({"version"})))
