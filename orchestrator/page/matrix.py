"""Who reaches whom: what was seen between each two sites."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from orchestrator.verification.forwarding.between import PathEnd, paths
from orchestrator.verification.forwarding.walk import Fate
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.layers.data import BETWEEN_SITES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.evidence.judge import Case
    from orchestrator.model.lab import Lab, Site
    from orchestrator.verification.forwarding.between import Path
    from orchestrator.verification.kit.check import Finding
    from orchestrator.verification.kit.facts import Look
    from orchestrator.verification.report.result import Report


class Reach(StrEnum):
    """What one site sees of another, as it is written in the matrix."""

    REACHES = "reach"
    LOST = "no route"  # it does not arrive, and is to
    BROKEN = "lost"  # there are routes, and packets or replies do not arrive
    NO_REPLY = "no reply"  # it arrives by the kernels' tables, and what answers it does not
    UNPROVEN = "not proven"
    FAILED = "failed"  # it cannot with what was failed on purpose
    LEAK = "LEAK"
    APART = "apart"  # by design
    SELF = ""


WRONG: Final = frozenset({Reach.LOST, Reach.BROKEN, Reach.NO_REPLY, Reach.LEAK})
"""What packets were seen to do that they are not to, or tables say that they do."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One site as it is seen from another.

    Attributes:
        why: in one line.
        ways: the paths of packets by the kernels' tables; none where nobody drew them.
    """

    here: Site
    there: Site
    reach: Reach
    why: str
    ways: tuple[Path, ...] = ()


def matrix(case: Case, report: Report) -> tuple[tuple[Pair, ...], ...]:
    """A row for each site, with a pair for each site in it."""
    seen = _Seen(case, report)
    return tuple(tuple(seen.pair(here, there) for there in case.lab.sites) for here in case.lab.sites)


@dataclass(frozen=True)
class _Seen:
    """What each two sites see of each other."""

    case: Case
    report: Report

    def pair(self, here: Site, there: Site) -> Pair:
        """One site as it is seen from another."""
        names = here.name, there.name
        if here == there:
            return Pair(here, there, Reach.SELF, "")
        if names in self._leaks:
            return Pair(here, there, Reach.LEAK, self._leaks[names], self._ways(here, there)[0])
        if names not in self._wanted:
            return Pair(here, there, Reach.APART, "apart by design: no route target joins them")
        reach, why = self._said(here, there)
        return Pair(here, there, reach, why, self._ways(here, there)[0])

    def _said(self, here: Site, there: Site) -> tuple[Reach, str]:
        """Of two sites that are to reach each other: by their probes, and where none was sent by tables."""
        names = here.name, there.name
        counted = self._counted.get(names, Counter())
        probes = ", ".join(f"{number} {verdict}" for verdict, number in counted.items()) or "none"
        if self._wanted[names]:
            return Reach.REACHES, f"probes: {probes}"
        if names in self._lost:
            return Reach.FAILED, "nothing joins them with what was failed on purpose"
        out, trouble = self._ways(here, there)
        if end := _end(out):
            return Reach.LOST, end
        if end := _end(self._ways(there, here)[0]):
            return Reach.NO_REPLY, f"the reply is {end}"
        if counted[Verdict.FAIL]:
            return Reach.BROKEN, f"probes: {probes}"
        return Reach.UNPROVEN, trouble or f"probes: {probes}; by the kernels' tables they arrive"

    def _ways(self, here: Site, there: Site) -> tuple[tuple[Path, ...], str]:
        """By the kernels' tables; where these are not known, why."""
        key = here.name, there.name
        if key not in self._walked:
            try:
                lab, facts, state = self.case.lab, self.case.facts, self.case.state
                self._walked[key] = paths(lab, facts, _place(here), _place(there), state), ""
            except CouldNotLook as why:
                self._walked[key] = (), f"could not look: {why}"
        return self._walked[key]

    @cached_property
    def _walked(self) -> dict[tuple[str, str], tuple[tuple[Path, ...], str]]:
        return {}

    @cached_property
    def _wanted(self) -> Mapping[tuple[str, str], bool]:
        return {(one.here, one.there): one.proven for one in self.report.pairs}

    @cached_property
    def _lost(self) -> frozenset[tuple[str, ...]]:
        both = [tuple(one.split(" - ", 1)) for one in self.report.lost]
        return frozenset((*both, *(one[::-1] for one in both)))

    @cached_property
    def _counted(self) -> Mapping[tuple[str, str], Counter[Verdict]]:
        return _verdicts(self.case.lab, self.report.findings)

    @cached_property
    def _leaks(self) -> Mapping[tuple[str, str], str]:
        return _leaks(self.case.lab, self.report.findings, self.report.look)


def _end(ways: Iterable[Path]) -> str:
    ends = (run.end for one in ways for run in one.runs)
    return next((f"{end.fate.value}: {end.why}" for end in ends if end.fate is not Fate.DELIVERED), "")


def _place(site: Site) -> PathEnd:
    return PathEnd(site.name, site.vpn, tuple(dict.fromkeys(one.ce.node for one in site.attachments)))


def _sites(lab: Lab) -> Mapping[str, tuple[str, ...]]:
    """The sites of each CE."""
    found: dict[str, dict[str, None]] = {}
    for site in lab.sites:
        for one in site.attachments:
            found.setdefault(one.ce.node, {})[site.name] = None
    return {ce: tuple(names) for ce, names in found.items()}


def _verdicts(lab: Lab, findings: Iterable[Finding]) -> Mapping[tuple[str, str], Counter[Verdict]]:
    """The verdicts of the probes between each two sites."""
    sites = _sites(lab)
    found: dict[tuple[str, str], Counter[Verdict]] = {}
    for finding in findings:
        if finding.check.id.kind in BETWEEN_SITES:
            for probe in finding.check.probes:
                for here in sites[probe.ce]:
                    for there in sites.get(probe.target or "", ()):
                        found.setdefault((here, there), Counter())[finding.verdict] += 1
    return found


def _leaks(lab: Lab, findings: Iterable[Finding], look: Look) -> Mapping[tuple[str, str], str]:
    """Where packets arrived that are to arrive nowhere, or elsewhere; and which."""
    return {
        names: f"{probe} arrived at {ce}"
        for ce, probe, names in _strays(_sites(lab), findings, look)
        if names[0] != names[1]
    }


def _strays(
    sites: Mapping[str, tuple[str, ...]], findings: Iterable[Finding], look: Look
) -> Iterator[tuple[str, object, tuple[str, str]]]:
    for finding in findings:
        if finding.verdict is not Verdict.FAIL:
            continue
        for probe in finding.check.probes:
            flight = look.flights.get(probe)
            if flight is None or isinstance(flight, CouldNotLook):
                continue
            isolation = finding.check.id.kind == "isolation"
            strangers = flight.arrived_at & {finding.check.node} if isolation else flight.arrived_at
            for ce in strangers - {probe.ce, None if isolation else probe.target}:
                for here in sites.get(probe.ce, ()):
                    for there in sites.get(ce, ()):
                        yield ce, probe, (here, there)
