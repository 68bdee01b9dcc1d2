"""A network without nodes, which answers what was recorded."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.verification.kit.answers import Transcript
from tests.recorded.recording import Packet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.recorded.recording import Recording


@dataclass(slots=True)
class _Program:
    """The program on one CE: what it is told to send has the fate that the same packet had."""

    ce: str
    network: Replay
    said: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)
    waiting: list[tuple[str, Packet]] = field(default_factory=list)

    def write_line(self, line: str) -> None:
        for command in line.split("\n"):
            match command.split():
                case ["run", _]:
                    self.said.put("ready")
                case ["send", number, *packet]:
                    self.waiting.append((number, Packet(self.ce, *packet)))
                case ["go"]:
                    self._send()
                case ["end"]:
                    self.said.put("over")

    def _send(self) -> None:
        for number, packet in self.waiting:
            for node, line in self.network.recording.fate(packet):
                self.network.programs[node].said.put(line.replace("{}", number, 1))
        self.waiting.clear()
        self.said.put("sent")

    def read_line(self, within: float) -> str:
        try:
            return self.said.get(timeout=within)
        except queue.Empty:
            raise TimeoutError from None

    def close(self) -> None:
        pass


@dataclass(slots=True)
class Replay:
    """What `verify` needs of a running lab, from its recording."""

    recording: Recording
    programs: dict[str, _Program] = field(default_factory=dict)

    def collect(self, wanted: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, str], Transcript]:
        return {
            (node, command): Transcript(node, command, self.recording.answer(node, command), 0)
            for node, commands in wanted.items()
            for command in commands
        }

    def open_programs(self, commands: Mapping[str, str]) -> Mapping[str, _Program]:
        self.programs |= {ce: _Program(ce, self) for ce in commands}
        return {ce: self.programs[ce] for ce in commands}
