"""A network without nodes: it says what a bundle has of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.keys import described, key
from orchestrator.verification.kit.answers import NotKept, Transcript, Unreachable
from orchestrator.verification.kit.facts import CouldNotLook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.evidence.bundle import Seen
    from orchestrator.verification.kit.probes import Flight, Probe
    from orchestrator.verification.network import RunningProgram

_SYSCTL: Final = "sysctl "


@dataclass(frozen=True)
class Replay:
    """What verification needs of a running lab, from what was seen of it once."""

    seen: Seen

    def collect(
        self, wanted: Mapping[str, Sequence[str]]
    ) -> Mapping[tuple[str, str], Transcript | Unreachable]:
        """What each node answered to each of its commands then."""
        return {
            (node, command): self._answer(node, command)
            for node, commands in wanted.items()
            for command in commands
        }

    def open_programs(self, commands: Mapping[str, str]) -> Mapping[str, RunningProgram | Unreachable]:
        """None: nothing runs."""
        return {node: NotKept(node, f"not in the bundle: a program on {node}") for node in commands}

    def at_work(self) -> bool:
        """No: nothing runs."""
        return False

    def fly(self, probes: Iterable[Probe], listeners: Iterable[str]) -> Mapping[Probe, Flight | CouldNotLook]:
        """What became of the same packets then."""
        del listeners
        return {probe: self._fate(probe) for probe in probes}

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, node: str, command: str) -> Transcript | Unreachable:
        there = self.seen.answers.get(node, {})
        answer = there.get(key(command))
        if answer is None and command.startswith(_SYSCTL):
            answer = self._settings(node, command)
        if isinstance(answer, Transcript):
            return replace(answer, command=command)
        return answer or NotKept(node, f"not in the bundle: {described(command)} on {node}")

    def _settings(self, node: str, command: str) -> Transcript | None:
        """Of kernel settings, those that are asked for now, whichever were asked for together then."""
        known = {
            line.split(" ")[0]: line
            for asked, answer in self.seen.answers.get(node, {}).items()
            if asked.startswith(_SYSCTL) and isinstance(answer, Transcript)
            for line in answer.output.splitlines(keepends=True)
        }
        names = command.split()[1:]
        if not known.keys() >= set(names):
            return None
        return Transcript(node, command, "".join(known[name] for name in names), 0)

    def _fate(self, probe: Probe) -> Flight | CouldNotLook:
        fate = self.seen.flights.get(probe) or self._by_packet.get(_packet(probe))
        return fate or CouldNotLook(f"not in the bundle: {probe}")

    @cached_property
    def _by_packet(self) -> dict[object, Flight | CouldNotLook]:
        """Whoever it was meant for: another intent may want the same packet elsewhere."""
        return {_packet(probe): fate for probe, fate in self.seen.flights.items()}


def _packet(probe: Probe) -> object:
    return probe.ce, probe.source, probe.destination, probe.size, probe.gateway
