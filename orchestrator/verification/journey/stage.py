"""The values of a journey: its stages, with the lines of output that prove each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.verification.kit.facts import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Site
    from orchestrator.verification.journey.legs import Leg, Strand


class Passage(StrEnum):
    """What became of the route at a stage."""

    PASSED = "passed"
    LOST = "lost"
    UNKNOWN = "unknown"  # could not look


@dataclass(frozen=True, slots=True)
class Evidence:
    """Lines of one command's output on one node, as printed."""

    node: str
    command: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a journey.

    Attributes:
        node: where.
        title: what happens to the route here, in a few words.
        passage: what became of it.
        seen: what was found, in one line.
        evidence: the lines that prove it.
        why: if it is lost, the reason.
        more: if it is lost, the command that shows more.
    """

    node: str
    title: str
    passage: Passage
    seen: str
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A stage that has not been looked at: `judge` says what became of the route there."""

    node: str
    title: str
    judge: Callable[[], Observation]


@dataclass(frozen=True, slots=True)
class Observation:
    """What a judge makes of what it sees; lost if it gives a reason. See `Stage` for the attributes.

    `node` is set where the route is lost elsewhere than the claim says.
    """

    seen: str
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    more: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True)
class Travelled:
    """How far a route came on one of its ways to one CE.

    Attributes:
        legs: from table to table, as the intent wants it to go.
        stages: those that were looked at: up to the first where it is lost, or all.
        instead: if it is lost, what its end has for the prefix all the same.
    """

    legs: Strand
    stages: tuple[Stage, ...]
    instead: str = ""

    @property
    def end(self) -> Leg:
        """The last leg, which ends at the CE."""
        return self.legs[-1]

    @property
    def complete(self) -> bool:
        """Whether it got there."""
        return all(stage.passage is Passage.PASSED for stage in self.stages)


@dataclass(frozen=True, slots=True)
class Journey:
    """A prefix of a site, and how far it came on its ways to other sites; `ways` is never empty."""

    lab: str
    site: Site
    prefix: IpNetwork
    ways: tuple[Travelled, ...]

    @property
    def complete(self) -> bool:
        """Whether the route got to every CE that is to have it, on every way."""
        return all(way.complete for way in self.ways)


def travel(claims: Iterable[Claim], known: dict[tuple[str, str], Stage]) -> tuple[Stage, ...]:
    """Look at claims until one does not hold; what several ways have in common is looked at once."""
    stages = []
    for claim in claims:
        key = claim.node, claim.title
        stage = known.get(key) or _looked_at(claim)
        known[key] = stage
        stages.append(stage)
        if stage.passage is not Passage.PASSED:
            break
    return tuple(stages)


def _looked_at(claim: Claim) -> Stage:
    unknown = Stage(claim.node, claim.title, Passage.UNKNOWN, "could not look")
    try:
        found = claim.judge()
    except CouldNotLook as why:
        return replace(unknown, why=str(why))
    passage = Passage.LOST if found.why else Passage.PASSED
    node = found.node or claim.node
    return Stage(node, claim.title, passage, found.seen, found.evidence, found.why, found.more)
