"""Evidence bundles of all labs, each at all of its stages, on all versions of FRR: which there are."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.loading import load_stages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.model.lab import Lab

FOLDER: Final = Path(__file__).with_name("labs")
LABS: Final = Path(__file__).parents[2] / "labs"
VERSIONS: Final = ("10.3", "8.4", "10.7")
_BEGINNING: Final = "begin"  # stands in a file's name for the lab as it begins
_CHECKS: Final = Path(__file__).with_name("checks.json")
_SUFFIX: Final = ".tar.xz"


@dataclass(frozen=True, slots=True, order=True)
class RecordingKey:
    """Which lab was recorded, at which stage ("" as it begins), on which version of FRR."""

    lab: str
    stage: str
    frr: str

    @property
    def file(self) -> Path:
        """Where its recording is kept."""
        return FOLDER / f"{self.lab}_{self.stage or _BEGINNING}_{self.frr}{_SUFFIX}"

    @classmethod
    def of(cls, file: Path) -> RecordingKey:
        """The place whose recording is kept in a file."""
        lab, stage, frr = file.name.removesuffix(_SUFFIX).split("_")
        return cls(lab, "" if stage == _BEGINNING else stage, frr)

    def __str__(self) -> str:
        return f"{self.lab}{f' at {self.stage}' if self.stage else ''} on FRR {self.frr}"


def kinds(check_ids: Iterable[object]) -> dict[str, int]:
    """How many checks there are of each kind (`vpn.route`)."""
    return dict(sorted(Counter(".".join(str(one).split(".")[:2]) for one in check_ids).items()))


def stages(lab: str) -> tuple[Lab, ...]:
    """A lab as it begins, and at each stage that differs from the one before: what is recorded of it."""
    kept: list[Lab] = []
    for one in load_stages(LABS / lab):
        if not kept or replace(one, stage=kept[-1].stage) != kept[-1]:
            kept.append(one)
    return tuple(kept)


def recorded() -> tuple[RecordingKey, ...]:
    """All places of which there is a recording."""
    return tuple(sorted(RecordingKey.of(file) for file in FOLDER.glob(f"*{_SUFFIX}")))


def noted() -> dict[str, dict[str, int]]:
    """How many checks of each kind there were when last somebody said that it was right: one is missed.

    By the name of the recording.
    """
    found: dict[str, dict[str, int]] = json.loads(_CHECKS.read_text("utf-8"))
    return found


def note(place: RecordingKey, counted: Mapping[str, int]) -> None:
    """Say that these are right for a place; a line each."""
    kept = noted() | {place.file.name: dict(counted)}
    lines = (f"{json.dumps(name)}: {json.dumps(counts)}" for name, counts in sorted(kept.items()))
    _CHECKS.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
