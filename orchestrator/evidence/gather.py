"""From a running lab to a bundle: what a verification saw, and all else that may be asked of it later."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.bundle import Bundle, Place, Seen
from orchestrator.evidence.keys import key
from orchestrator.evidence.questions import KERNEL, questions
from orchestrator.fleet.comparing import RUNNING
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.facts import Look
from orchestrator.verification.report.json import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.evidence.bundle import Answers
    from orchestrator.faults.injections import Injection
    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.answers import Unreachable
    from orchestrator.verification.network import Network, RunningProgram
    from orchestrator.verification.report.result import Report

DISTRIBUTION: Final = "l3vpn-lab"
_FRR: Final = re.compile(r"^frr version (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Subject:
    """The lab that evidence is gathered of.

    Attributes:
        lab: what its files want.
        files: these, by name.
        host: the kind of its host.
        runtime: what made its nodes.
        journal: what was done to it.
    """

    lab: Lab
    files: Mapping[str, str]
    host: str
    runtime: str
    journal: tuple[str, ...] = ()


def look_of(report: Report, lab: Lab, faults: Iterable[Injection], title: str) -> Seen:
    """What a verification saw, and nothing more."""
    return _seen(report.look, lab, faults, title, to_json(report))


def completed(seen: Seen, nodes: Network, lab: Lab) -> Seen:
    """The same look, with all that has not been asked yet. Only looks."""
    wanted = {
        node: [one for one in commands if key(one) not in seen.answers.get(node, {})]
        for node, commands in questions(lab).items()
    }
    further = _by_node(nodes.collect(wanted))
    answers = {
        node.name: {**further.get(node.name, {}), **seen.answers.get(node.name, {})} for node in lab.nodes
    }
    return replace(seen, answers=answers)


@dataclass(slots=True)
class Remembered:
    """A network whose last answers are remembered."""

    network: Network
    answers: dict[tuple[str, str], Transcript | Unreachable] = field(default_factory=dict)

    def collect(
        self, wanted: Mapping[str, Sequence[str]]
    ) -> Mapping[tuple[str, str], Transcript | Unreachable]:
        """What the nodes say."""
        said = self.network.collect(wanted)
        self.answers.update(said)
        return said

    def open_programs(self, commands: Mapping[str, str]) -> Mapping[str, RunningProgram | Unreachable]:
        """What the network opens."""
        return self.network.open_programs(commands)

    def at_work(self) -> bool:
        """Whether the network is."""
        return self.network.at_work()


def unjudged(remembered: Remembered, lab: Lab, faults: Iterable[Injection], title: str) -> Seen:
    """What was read for something else than a verification."""
    return _seen(Look(remembered.answers), lab, faults, title, "")


def bundled(subject: Subject, seen: Iterable[Seen]) -> Bundle:
    """A bundle of one or several looks at a lab, secrets included."""
    looks = tuple(seen)
    last = looks[-1].answers
    frr = {node: _first(_FRR, said.get(RUNNING)) for node, said in last.items()}
    kernels = {_first(re.compile(r"(\S+)"), said.get(KERNEL)) for said in last.values()}
    place = Place(
        subject.host,
        subject.runtime,
        " ".join(sorted(filter(None, kernels))),
        {node: one for node, one in frr.items() if one},
        version(DISTRIBUTION),
    )
    return Bundle(subject.lab.name, place, subject.files, looks, subject.journal, redacted=False)


def _seen(look: Look, lab: Lab, faults: Iterable[Injection], title: str, report: str) -> Seen:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    failed = tuple(one.fault for one in faults)
    return Seen(title, at, lab.stage, failed, _by_node(look.answers), look.flights, report)


def _by_node(answers: Mapping[tuple[str, str], Transcript | Unreachable]) -> Answers:
    found: dict[str, dict[str, Transcript | Unreachable]] = {}
    for (node, command), answer in answers.items():
        name = key(command)
        kept = replace(answer, command=name) if isinstance(answer, Transcript) else answer
        found.setdefault(node, {})[name] = kept
    return found


def _first(pattern: re.Pattern[str], said: Transcript | Unreachable | None) -> str:
    found = pattern.search(said.output) if isinstance(said, Transcript) else None
    return found[1] if found else ""
