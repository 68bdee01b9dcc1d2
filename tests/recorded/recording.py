"""What a running lab answered to everything that its verification asks, kept in a small file."""

from __future__ import annotations

import json
import lzma
import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
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
_PROGRAM: Final = re.compile(r'python3 -c "[^"]*"')


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Which lab was recorded, at which stage ("" as it begins), on which version of FRR."""

    lab: str
    stage: str
    frr: str

    @property
    def file(self) -> Path:
        """Where its recording is kept."""
        return FOLDER / f"{self.lab}_{self.stage or _BEGINNING}_{self.frr}.xz"

    @classmethod
    def of(cls, file: Path) -> Place:
        """The place whose recording is kept in a file."""
        lab, stage, frr = file.name.removesuffix(".xz").split("_")
        return cls(lab, "" if stage == _BEGINNING else stage, frr)

    def __str__(self) -> str:
        return f"{self.lab}{f' at {self.stage}' if self.stage else ''} on FRR {self.frr}"


@dataclass(frozen=True, slots=True)
class Packet:
    """A probe, as the program on a CE is told to send it."""

    ce: str
    source: str
    destination: str
    size: str
    gateway: str


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that one verification, in which all checks held, read from the nodes.

    Attributes:
        checks: how many checks there were, by kind: one that is not made any more is missed.
        answers: what each node printed, by command.
        probes: by packet, what the nodes said of it: the node, and its program's line without the number.
    """

    checks: Mapping[str, int]
    answers: Mapping[str, Mapping[str, str]]
    probes: Mapping[Packet, tuple[tuple[str, str], ...]]

    def answer(self, node: str, command: str) -> str:
        """What a node printed; of kernel settings, those that are asked for, whoever asked for them then."""
        try:
            if command.startswith("sysctl "):
                settings = self._settings(node)
                return "".join(settings[name] for name in command.split()[1:])
            return self.answers[node][key(command)]
        except KeyError:
            raise NotRecorded(f"{node} was not asked `{key(command)}`") from None

    def _settings(self, node: str) -> dict[str, str]:
        return {
            line.split(" ")[0]: line
            for command, text in self.answers[node].items()
            if command.startswith("sysctl ")
            for line in text.splitlines(keepends=True)
        }

    def fate(self, packet: Packet) -> tuple[tuple[str, str], ...]:
        """What the nodes said of a probe."""
        try:
            return self.probes[packet]
        except KeyError:
            raise NotRecorded(f"{packet} was not sent") from None


class NotRecorded(Exception):  # noqa: N818 -- what is missing
    """Today's verification asks what was not asked then: `python -m tests.record LAB`."""


def key(command: str) -> str:
    """A command as recordings name it: of a program that is sent along, only its arguments."""
    return _PROGRAM.sub("python3 -c PROGRAM", command)


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


def recorded() -> tuple[Place, ...]:
    """All places of which there is a recording."""
    return tuple(sorted(Place.of(file) for file in FOLDER.glob("*.xz")))


def write(recording: Recording, file: Path) -> None:
    """Keep a recording; the same one always gives the same bytes."""
    kept = {
        "checks": recording.checks,
        "answers": recording.answers,
        "probes": [{**asdict(packet), "said": said} for packet, said in recording.probes.items()],
    }
    text = json.dumps(kept, indent=0, sort_keys=True)
    file.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def read(file: Path) -> Recording:
    """The recording in a file."""
    kept = json.loads(lzma.decompress(file.read_bytes()))
    probes = {
        Packet(**{name: value for name, value in one.items() if name != "said"}): tuple(
            (node, line) for node, line in one["said"]
        )
        for one in kept["probes"]
    }
    return Recording(kept["checks"], kept["answers"], probes)
