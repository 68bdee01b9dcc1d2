"""A recording, judged: everything that was read, and what follows when a node had said something else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from unittest.mock import patch

from orchestrator.loading import load_lab
from orchestrator.verification import prober
from orchestrator.verification.expect import expect
from orchestrator.verification.judging import judge
from orchestrator.verification.kit.check import Verdict
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.looking import Lookout
from orchestrator.verification.prober import Prober
from tests.recorded.recording import LABS, Packet, key, read
from tests.recorded.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check import Check, Finding
    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.kit.facts import CouldNotLook, Query
    from orchestrator.verification.kit.probes import Flight, Probe
    from tests.recorded.mutations_of_probes import LostOrLeaked
    from tests.recorded.recording import Place, Recording


@dataclass(frozen=True, slots=True)
class Judged:
    """A lab at a stage, its recording, and what all of its checks come to.

    Attributes:
        readers: by node and command, the checks that read the answer, the lowest first.
        queries: by the same, how it is read.
    """

    lab: Lab
    recording: Recording
    facts: Facts
    findings: Mapping[CheckId, Finding]
    readers: Mapping[tuple[str, str], list[Check]]
    queries: Mapping[tuple[str, str], Query]

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks, the lowest first."""
        return tuple(one.check for one in self.findings.values())

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
        """What a check comes to when the first packet that it sends fares otherwise."""
        probe = check.probes[0]
        packet = Packet(
            probe.ce,
            str(probe.source),
            str(probe.destination),
            str(probe.size),
            str(probe.gateway or "-"),
        )
        strangers = {one.node for one in self.checks if one.probes} - {probe.ce, probe.target}
        fate = another.instead(self.recording.fate(packet), min(strangers, default=""))
        recording = replace(self.recording, probes={**self.recording.probes, packet: fate})
        facts = Facts(self.facts.answers, _flown(recording, [check], self.checks))
        return judge(check, facts, self.findings)


def _flown(
    recording: Recording, senders: Sequence[Check], listeners: Sequence[Check]
) -> Mapping[Probe, Flight | CouldNotLook]:
    # A recorded packet is where it gets to at once, so nobody has to wait for those that must not arrive.
    with patch.object(prober, "_SHORTEST_VIGIL", 0.0), Prober(Replay(recording)) as programs:
        return programs.fly(
            [probe for check in senders for probe in check.probes],
            listeners=[check.node for check in listeners if check.probes],
        )


@lru_cache(maxsize=1)
def judged(place: Place) -> Judged:
    """The recording of a place, judged by today's checks."""
    lab, recording = load_lab(LABS / place.lab, place.stage), read(place.file)
    checks = expect(lab)
    readers: dict[tuple[str, str], list[Check]] = {}
    queries: dict[tuple[str, str], Query] = {}
    for check in checks:
        for query in check.queries:
            asked = query.node, key(query.command.text)
            readers.setdefault(asked, []).append(check)
            queries[asked] = query
    facts = Facts(Lookout(Replay(recording)).look(queries.values()), _flown(recording, checks, checks))
    findings: dict[CheckId, Finding] = {}
    for check in checks:
        findings[check.id] = judge(check, facts, findings)
    return Judged(lab, recording, facts, findings, readers, queries)
