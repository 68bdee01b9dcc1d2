"""What probes look like on the links of the core while a lab is verified: for `--pcap`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestrator.commands.capture import as_pcap
from orchestrator.fleet.program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from orchestrator.fleet.fleet import Fleet
    from orchestrator.model.lab import Interface, Lab

_PROBE: Final = "(icmp or udp port 9)"
_FILTER: Final = f"mpls and ({_PROBE} or (mpls and {_PROBE}))"
"""Probes with one label or two, and nothing else: what routers tell each other may have passwords in it."""
_PACKETS: Final = 1000
_OCTETS: Final = 192  # of each packet: labels, headers, and the number of the probe
_MOST: Final = 1 << 18  # octets of a link, whatever a node says
_HEADER: Final = 24  # octets of a file without packets
_PATIENCE: Final = 10.0


@dataclass(slots=True)
class LinkPackets:
    """Captures at one end of each link of the core, from entering it to leaving it.

    Attributes:
        nodes: sessions to them.
        lab: what its files want.
        caught: afterwards by `node.interface`, as pcap; nothing of a link that nothing can be captured at.
    """

    nodes: Fleet
    lab: Lab
    caught: dict[str, bytes] = field(default_factory=dict)
    _running: dict[str, Program] = field(default_factory=dict)

    def __enter__(self) -> Self:
        command = {one: as_pcap(one.name, _PACKETS, _OCTETS, _FILTER) for one in _ends(self.lab)}
        opened = {one: self.nodes.open_program(one.node, said) for one, said in command.items()}
        self._running = {
            f"{one.node}.{one.name}": program
            for one, program in opened.items()
            if isinstance(program, Program)
        }
        # Its header says that a capture has begun.
        for name, program in self._running.items():
            self.caught[name] = b""
            self._read(name, program, _HEADER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, program in self._running.items():
            with program:
                if kind is None:
                    program.end_input()
                    self._read(name, program, _MOST)
        self.caught = {name: data for name, data in self.caught.items() if len(data) >= _HEADER}

    def _read(self, name: str, program: Program, until: int) -> None:
        with suppress(TimeoutError):
            while len(self.caught[name]) < until and (data := program.read(_PATIENCE)):
                self.caught[name] += data
        self.caught[name] = self.caught[name][:_MOST]


def _ends(lab: Lab) -> Iterator[Interface]:
    """One end of each link of the core."""
    for node in lab.nodes:
        for here, there in lab.core_links_of(node.name):
            if (here.node, here.name) < (there.node, there.name):
                yield here
