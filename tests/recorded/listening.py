"""A network that remembers what it is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.verification.kit.answers import Transcript, Unreachable
from tests.recorded.recording import Packet, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.verification.network import Network, RunningProgram

_MARKS = {"ready", "sent", "over"}


@dataclass(slots=True)
class _Heard:
    """What the program on one CE was told in its last run, and what it said."""

    program: RunningProgram
    told: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def write_line(self, line: str) -> None:
        if line.startswith("run "):
            self.told.clear()
            self.said.clear()
        self.told += line.split("\n")
        self.program.write_line(line)

    def read_line(self, within: float) -> str:
        line = self.program.read_line(within)
        self.said.append(line)
        return line

    def close(self) -> None:
        self.program.close()


@dataclass(slots=True)
class Listening:
    """The running network `inner`, and the last answer to everything it was asked."""

    inner: Network
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    _programs: dict[str, _Heard] = field(default_factory=dict)

    def collect(
        self, wanted: Mapping[str, Sequence[str]]
    ) -> Mapping[tuple[str, str], Transcript | Unreachable]:
        said = self.inner.collect(wanted)
        for (node, command), answer in said.items():
            if isinstance(answer, Transcript):
                self.answers.setdefault(node, {})[key(command)] = answer.output
        return said

    def open_programs(self, commands: Mapping[str, str]) -> Mapping[str, RunningProgram | Unreachable]:
        opened: dict[str, RunningProgram | Unreachable] = {}
        for node, program in self.inner.open_programs(commands).items():
            if isinstance(program, Unreachable):
                opened[node] = program
            else:
                opened[node] = self._programs[node] = _Heard(program)
        return opened

    def probes(self) -> dict[Packet, tuple[tuple[str, str], ...]]:
        """What the nodes said of each probe of the last run."""
        said: dict[str, list[tuple[str, str]]] = {}
        for node, program in sorted(self._programs.items()):
            for number, line in _numbered(program.said):
                said.setdefault(number, []).append((node, line))
        return {
            packet: tuple(said.get(number, ()))
            for node, program in sorted(self._programs.items())
            for number, packet in _packets(node, program.told)
        }


def _numbered(said: Iterable[str]) -> Iterable[tuple[str, str]]:
    """`arrived 7` as `7` and `arrived {}`."""
    for line in said:
        if line not in _MARKS:
            word, number, *rest = line.split(" ", 2)
            yield number, " ".join((word, "{}", *rest))


def _packets(ce: str, told: Iterable[str]) -> Iterable[tuple[str, Packet]]:
    for line in told:
        match line.split():
            case ["send", number, source, destination, size, gateway]:
                yield number, Packet(ce, source, destination, size, gateway)
