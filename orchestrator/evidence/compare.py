"""What changed between two looks at a lab, in network terms."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.tables import Tables
from orchestrator.verification.forwarding.between import PathEnd
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.facts import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.evidence.judge import Case
    from orchestrator.evidence.tables import Entry
    from orchestrator.verification.forwarding.between import Path

KINDS: Final = ("session", "route", "label", "path", "finding")
_ABSENT: Final = "-"
_NOT_JUDGED: Final = "not judged"
"""Checks whose foundation does not hold: counted, for what is under them says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed.

    Attributes:
        kind: one of `KINDS`.
        node: where; "" for a path, which is at no single one.
        table: a VRF, `default`, `VPNv4`, `LFIB`; of a path the VPN, of a finding the layer.
        name: what: a neighbor, a prefix, what a label stands for, two sites, a check.
        before: how it was; `-` where there was none.
        after: how it is.
    """

    kind: str
    node: str
    table: str
    name: str
    before: str
    after: str


def changes(before: Case, after: Case) -> tuple[Change, ...]:
    """All that changed, by kind, node and table."""
    then, now = Tables(before.lab, before.network), Tables(after.lab, after.network)
    pairs = (
        (then.sessions(), now.sessions()),
        (then.routes(), now.routes()),
        (then.labels(), now.labels()),
        (_paths(before), _paths(after)),
        (_findings(before), _findings(after)),
    )
    order = {node.name: number for number, node in enumerate((*before.lab.nodes, *after.lab.nodes))}
    return tuple(
        one
        for kind, (old, new) in zip(KINDS, pairs, strict=True)
        for one in sorted(
            _changed(kind, old, new), key=lambda it: (order.get(it.node, -1), it.table, it.name)
        )
    )


def _changed(kind: str, old: Mapping[Entry, str], new: Mapping[Entry, str]) -> Iterator[Change]:
    for entry in dict.fromkeys((*old, *new)):
        before, after = old.get(entry, _ABSENT), new.get(entry, _ABSENT)
        if before != after:
            yield Change(kind, *entry, before, after)


def _paths(case: Case) -> dict[Entry, str]:
    """The way from each site to each other one of its VPN, all equal-cost branches, by the nodes on it."""
    places = [
        PathEnd(one.name, one.vpn, tuple(dict.fromkeys(end.ce.node for end in one.attachments)))
        for one in case.lab.sites
    ]
    found: dict[Entry, str] = {}
    for a, b in permutations(places, 2):
        if a.vpn != b.vpn:
            continue
        try:
            ways = [one for one in case.paths(a, b) if one.start in a.ces]
        except CouldNotLook as why:
            found["", a.vpn, f"{a.name} to {b.name}"] = f"not known: {why}"
            continue
        for way in ways:
            name = f"{way.start} to {', '.join(map(str, way.prefixes))} of {b.name}"
            found["", a.vpn, name] = _way(way)
    return found


def _way(path: Path) -> str:
    runs = (f"{' '.join(node for node, _ in run.steps)}: {run.end.fate.value}" for run in path.runs)
    return "; ".join(sorted(dict.fromkeys(runs)))


def _findings(case: Case) -> dict[Entry, str]:
    """What does not hold, and how many checks are not judged for it."""
    report = case.report()
    found: dict[Entry, str] = {
        (one.check.node, one.check.layer.value, str(one.check.id)): f"{one.verdict.value}: {one.observed}"
        for one in report.findings
        if one.verdict in {Verdict.FAIL, Verdict.ERROR}
    }
    if blocked := report.counts[Verdict.BLOCKED]:
        found["", "", _NOT_JUDGED] = f"{blocked} checks, since what they stand on does not hold"
    return found
