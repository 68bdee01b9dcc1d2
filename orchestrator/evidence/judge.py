"""A bundle asked what a running lab is asked: its verification, the path of packets, a route's journey."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.evidence.archive import BadBundle
from orchestrator.evidence.drift import compared, drift, unasked
from orchestrator.evidence.file import read
from orchestrator.evidence.redact import redacted, redacted_files
from orchestrator.evidence.replay import Replay
from orchestrator.evidence.sign import read_signer
from orchestrator.faults.execute import held_down
from orchestrator.faults.fault import NoSuchTarget
from orchestrator.faults.injections import CeMisconfigured, described
from orchestrator.faults.naming import inject
from orchestrator.loading import load_lab, load_texts
from orchestrator.model.load import INTENT_FILE, topology_text
from orchestrator.model.reading import read_text
from orchestrator.model.state import HEALTHY, State, together
from orchestrator.protocols.registry import effective_lab
from orchestrator.verification.expect import expect
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.forwarding.between import paths
from orchestrator.verification.forwarding.walk import walk_queries
from orchestrator.verification.journey.trace import queries, trace, ways_of
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.verification import verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle, Seen
    from orchestrator.faults.fault import Fault
    from orchestrator.faults.injections import Injection
    from orchestrator.fleet.comparing import PushResult
    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Lab, Site
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.fact_collector import ReadAnswers
    from orchestrator.verification.forwarding.between import Path as ForwardingPath
    from orchestrator.verification.forwarding.between import PathEnd
    from orchestrator.verification.journey.stage import Journey
    from orchestrator.verification.kit.facts import Query
    from orchestrator.verification.report.result import Report


@dataclass(frozen=True)
class Case:
    """One look of a bundle, and the intent that it is judged by.

    Attributes:
        bundle: where it is from.
        seen: the look.
        lab: the intent: the bundle's own, or another.
        faults: what was failed then, and so is not expected.
    """

    bundle: Bundle
    seen: Seen
    lab: Lab
    faults: tuple[Injection, ...]

    @property
    def state(self) -> State:
        """What is down, by what was failed."""
        return together(one.state for one in self.faults)

    @property
    def effective(self) -> EffectiveLab:
        """The lab with what was failed removed, and the routes that its tables then hold."""
        return effective_lab(self.lab, self.state)

    @cached_property
    def network(self) -> Replay:
        """The nodes, as they were."""
        return Replay(self.seen)

    @cached_property
    def facts(self) -> Facts:
        """All that checks, paths and journeys read, as far as it is in the bundle."""
        return Facts(FactCollector(self.network, self._read).collect(self._queries()), self.seen.flights)

    @cached_property
    def _read(self) -> ReadAnswers:
        return {}

    def _queries(self) -> Iterator[Query]:
        for check in expect(self.lab, self.state):
            yield from check.queries
        yield from walk_queries(self.lab)
        for site in self.lab.sites:
            for prefix in site.prefixes:
                yield from queries(self.lab, ways_of(self.lab, site, prefix))

    def report(self, *, healthy: bool = False) -> Report:
        """Its verification; `healthy` expects also what was failed."""
        state, faults = (HEALTHY, ()) if healthy else (self.state, self.faults)
        report = verify(self.network, self.lab, timeout=0, state=state, carrier=self.network, read=self._read)
        left_open = unasked(report)
        results = self.differences([node for node in self.standing if node not in left_open])
        return replace(
            report,
            failed=tuple(map(described, faults)),
            drift=drift(self.lab, results, left_open),
            seen_at=self.seen.at,
        )

    @property
    def standing(self) -> tuple[str, ...]:
        """The nodes that had not been lost on purpose."""
        return tuple(one.name for one in self.lab.nodes if one.name not in self.state.nodes_down)

    def differences(self, nodes: Iterable[str]) -> dict[str, PushResult]:
        """What a push would have changed on nodes."""
        return compared(self.network, self.lab, nodes, held_down(self.faults))

    def paths(self, a: PathEnd, b: PathEnd, *, healthy: bool = False) -> tuple[ForwardingPath, ...]:
        """The forwarding paths from one place to another and back, by the kernels' tables.

        Raises:
            CouldNotLook: what a node on the way had is not known.
        """
        facts = Facts(FactCollector(self.network, self._read).collect(walk_queries(self.lab)))
        state = HEALTHY if healthy else self.state
        return (*paths(self.lab, facts, a, b, state), *paths(self.lab, facts, b, a, state))

    def journey(self, site: Site, prefix: IpNetwork, to: Site | None = None) -> Journey | None:
        """How a customer's route had travelled; None where no other site is to have it."""
        ways = ways_of(self.lab, site, prefix, to)
        return trace(self.network, self.lab, site, prefix, ways, self._read) if ways else None


def opened(  # noqa: PLR0913 -- all but the first have a default that fits
    file: Path,
    folder: Path | None = None,
    *,
    stage: str | None = None,
    look: int | None = None,
    signed_by: Path | None = None,
    public: bool = False,
) -> Case:
    """A look of the bundle in a file.

    Args:
        file: the bundle.
        folder: a lab's folder whose intent is taken instead of the bundle's.
        stage: of the intent; None for the one that the lab was at.
        look: which, the first being 1; None for the last.
        signed_by: file with the public key of who must have signed it; None for anybody or nobody.
        public: without keys and passwords, whatever is in the bundle.

    Raises:
        BadBundle: the file is none, or is not signed by whom it must be.
        LabFileError: the intent has mistakes.
        UsageError: it has no such look.
    """
    bundle = read(file)
    if signed_by is not None and bundle.signer != read_signer(signed_by):
        raise BadBundle(f"{file}: is {'signed by somebody else' if bundle.signer else 'not signed'}")
    if public and not bundle.redacted:
        bundle = redacted(bundle)
    return case(bundle, file, folder, stage=stage, look=look)


def case(
    bundle: Bundle,
    source: Path,
    folder: Path | None = None,
    *,
    stage: str | None = None,
    look: int | None = None,
) -> Case:
    """A look of a bundle, for `source` see `load_texts`, for all else `opened`.

    Raises:
        LabFileError, UsageError: as `opened`.
    """
    number = len(bundle.seen) if look is None else look
    if not 0 < number <= len(bundle.seen):
        raise UsageError(f"{source} has no look {number}: it has {len(bundle.seen)}")
    seen = bundle.seen[number - 1]
    at = seen.stage if stage is None else stage
    if folder is None:
        lab = load_texts(bundle.files, source, at)
    else:
        lab = another_lab(folder, at, bundle.files if bundle.redacted else None)
    faults = tuple(found for one in seen.faults if (found := _bound(lab, one)) is not None)
    for one in faults:
        lab = one.wanted(lab) if isinstance(one, CeMisconfigured) else lab
    return Case(bundle, seen, lab, faults)


def another_lab(folder: Path, stage: str, files: Mapping[str, str] | None) -> Lab:
    """Another intent than that of a bundle.

    Args:
        folder: of the lab.
        stage: of the intent.
        files: of the bundle, if it is redacted: keys and passwords are named as those at the same places are.

    Raises:
        LabFileError: the intent has mistakes.
    """
    lab = load_lab(folder, stage)
    if files is None:
        return lab
    own = {
        lab.topology.file.name: topology_text(lab.topology.file),
        INTENT_FILE: read_text(lab.folder / INTENT_FILE),
    }
    return load_texts(redacted_files(own, files), lab.folder, stage)


def _bound(lab: Lab, fault: Fault) -> Injection | None:
    """What was failed, in the lab that is judged by; what that does not have cannot be."""
    try:
        return inject(lab, fault)
    except NoSuchTarget:
        return None
