"""What changed from one verification to the next: broken, healed, flapping. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.verification.kit.check import Finding
    from orchestrator.verification.report.result import Report

FLAPS: Final = 3
"""A check that breaks so often within `WINDOW` flaps."""

WINDOW: Final = 120.0
"""Seconds: the time in which a route that flaps is looked at, and after which a quiet check is quiet."""


class Kind(StrEnum):
    """What became of something, as it is shown."""

    BROKEN = "broken"
    HEALED = "healed"
    FLAPPING = "flapping"
    DRIFTED = "differs"  # a node's configuration from its files
    WANTED = "as wanted"
    FAILED = "failed"  # on purpose
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    Attributes:
        what: a check, several of a kind, nodes, or a fault.
        seen: what is observed now, where that says more.
    """

    kind: Kind
    what: str
    seen: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}" + (f": {self.seen}" if self.seen else "")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered from one verification to the next.

    Attributes:
        broken: checks that failed and have not passed since, though they may be BLOCKED now.
        breaks: when a check broke, within the last `WINDOW`.
        flapping: checks of which it was said that they flap: not mentioned again until they are quiet.
        differs: nodes with drift.
        failed: what is failed on purpose.
    """

    broken: frozenset[str] = frozenset()
    breaks: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    flapping: frozenset[str] = frozenset()
    differs: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def changes(before: Memory | None, report: Report, now: float) -> tuple[Memory, tuple[Change, ...]]:
    """What changed since the last verification, and what to remember for the next one.

    A check that is only BLOCKED has not changed: what it stands on has. One that is not expected any more
    (of a node that was failed on purpose) is forgotten.

    Args:
        before: of the last one; None for the first, before which nothing can have changed.
        report: this verification.
        now: seconds, from anywhere.
    """
    past = before or Memory()
    known = {str(one.check.id): one for one in report.findings}
    wrong = {name for name, one in known.items() if one.verdict in {Verdict.FAIL, Verdict.ERROR}}
    right = {name for name, one in known.items() if one.holds}
    broken = wrong - past.broken
    breaks = _breaks(past, () if before is None else broken, known, now)
    flapping = frozenset(name for name, times in breaks.items() if len(times) >= FLAPS)
    memory = Memory(
        frozenset(wrong | (past.broken & known.keys() - right)),
        breaks,
        # One that flapped is quiet when it has not broken for a whole window.
        flapping | (past.flapping & breaks.keys()),
        report.drift.differs if report.drift else past.differs,
        report.failed,
    )
    if before is None:
        return memory, ()
    quiet = past.flapping - memory.flapping
    healed = [known[name] for name in known if name in (past.broken | quiet) & right - memory.flapping]
    news = [known[name] for name in known if name in (broken | quiet) & wrong - memory.flapping]
    flaps = [known[name] for name in known if name in memory.flapping - past.flapping]
    found = (
        *_faults(past, report),
        *_folded(Kind.BROKEN, news),
        *_folded(Kind.FLAPPING, flaps),
        *_folded(Kind.HEALED, healed),
        *_drift(past, memory),
    )
    return memory, found


def _breaks(
    past: Memory, broken: Iterable[str], known: Mapping[str, Finding], now: float
) -> Mapping[str, tuple[float, ...]]:
    """When each check broke, as far as that is not long ago."""
    found = {**past.breaks, **{name: (*past.breaks.get(name, ()), now) for name in broken}}
    recent = {name: tuple(one for one in times if now - one <= WINDOW) for name, times in found.items()}
    return {name: times for name, times in recent.items() if times and name in known}


def _folded(kind: Kind, findings: Sequence[Finding]) -> Iterator[Change]:
    """One change for all checks of a kind and layer: a link that goes breaks many."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        kinds.setdefault((one.check.layer.value, one.check.id.kind), []).append(one)
    for (layer, what), ones in kinds.items():
        seen = "" if kind is Kind.HEALED else ones[0].observed
        if len(ones) == 1:
            yield Change(kind, str(ones[0].check.id), seen)
        else:
            nodes = ", ".join(dict.fromkeys(one.check.node for one in ones))
            yield Change(kind, f"{layer}.{what}, {len(ones)} checks at {nodes}", seen)


def _faults(past: Memory, report: Report) -> Iterator[Change]:
    yield from (Change(Kind.FAILED, one) for one in report.failed if one not in past.failed)
    yield from (Change(Kind.RESTORED, one) for one in past.failed if one not in report.failed)


def _drift(past: Memory, memory: Memory) -> Iterator[Change]:
    for kind, here, there in (
        (Kind.DRIFTED, memory.differs, past.differs),
        (Kind.WANTED, past.differs, memory.differs),
    ):
        if nodes := [one for one in here if one not in there]:
            yield Change(kind, listed(nodes))
