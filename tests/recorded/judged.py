"""A recording, judged: everything that was read, and what follows when a node had said something else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.evidence.file import read
from orchestrator.evidence.keys import key
from orchestrator.evidence.replay import Replay
from orchestrator.loading import load_lab
from orchestrator.verification.expect import expect
from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.judging import judge
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.facts import Facts
from tests.recorded.recording import LABS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check import Check, Finding
    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.kit.facts import Query
    from tests.recorded.mutations_of_probes import LostOrLeaked
    from tests.recorded.recording import RecordingKey


@dataclass(frozen=True, slots=True)
class Judged:
    """A lab at a stage, its recording, and what all of its checks come to.

    Attributes:
        readers: by node and command, the checks that read the answer, the lowest first.
        queries: by the same, how it is read.
    """

    lab: Lab
    network: Replay
    facts: Facts
    findings: Mapping[CheckId, Finding]
    readers: Mapping[tuple[str, str], list[Check]]
    queries: Mapping[tuple[str, str], Query]

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks, the lowest first."""
        return tuple(one.check for one in self.findings.values())

    def answer(self, node: str, command: str) -> str:
        """What a node printed."""
        said = self.network.collect({node: [command]})[node, command]
        assert isinstance(said, Transcript), said
        return said.output

    def disproved(self, node: str, command: str, text: str) -> tuple[Check, ...]:
        """The checks that FAIL when a node says something else, the lowest first.

        As all hold when it does not, none but those that read it can, and nothing holds back the first.

        Raises:
            ParseError: no node would say that.
        """
        query = self.queries[node, command]
        facts = self.facts.updated({query.key: query.command.parse(text)})
        return tuple(
            check
            for check in self.readers[node, command]
            if judge(check, facts, self.findings).verdict is Verdict.FAIL
        )

    def with_fate(self, check: Check, another: LostOrLeaked) -> Finding:
        """What a check comes to when the first packet that it sends has another fate."""
        probe = check.probes[0]
        strangers = {one.node for one in self.checks if one.probes} - {probe.ce, probe.target}
        fate = another.instead(self.facts.flight(probe), min(strangers, default=""))
        return judge(check, Facts(self.facts.answers, {**self.facts.flights, probe: fate}), self.findings)


@lru_cache(maxsize=1)
def judged(place: RecordingKey) -> Judged:
    """The recording of a place, judged by today's checks."""
    lab = load_lab(LABS / place.lab, place.stage)
    network = Replay(read(place.file).seen[0])
    checks = expect(lab)
    readers: dict[tuple[str, str], list[Check]] = {}
    queries: dict[tuple[str, str], Query] = {}
    for check in checks:
        for query in check.queries:
            asked = query.node, key(query.command.text)
            readers.setdefault(asked, []).append(check)
            queries[asked] = query
    flights = network.fly([probe for check in checks for probe in (*check.probes, *check.reserve)], ())
    facts = Facts(FactCollector(network).collect(queries.values()), flights)
    findings: dict[CheckId, Finding] = {}
    for check in checks:
        findings[check.id] = judge(check, facts, findings)
    return Judged(lab, network, facts, findings, readers, queries)
