"""A network without nodes: it answers as prepared, and carries probes as prepared."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from orchestrator.fleet.errors import ProgramEnded
from orchestrator.model.lab import InterfaceKind
from orchestrator.verification.kit.answers import Transcript, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.model.lab import Lab
    from orchestrator.model.topology import Endpoint


@dataclass(frozen=True, slots=True)
class Packet:
    """A probe on its way; `size` 0 is a short one without DF."""

    ce: str
    source: IPv4Address
    destination: IPv4Address
    size: int
    gateway: str


@dataclass(frozen=True, slots=True)
class Fate:
    """Where the fabric delivers a packet, whether its answer comes back, who complains.

    Attributes:
        unsent: why it never left.
        comes_by: the interfaces by which it comes to the nodes on its way.
    """

    arrives_at: str | None = None
    answered: bool = False
    complaint: str = ""
    unsent: str = ""
    comes_by: tuple[Endpoint, ...] = ()


def by_the_intent(lab: Lab) -> Callable[[Packet], Fate]:
    """A fabric that carries exactly what the lab's VPNs should."""
    vpn_of = {site.attachments[0].ce.node: site.vpn for site in lab.sites}
    homes = {
        (vpn_of[one.node], one.address.ip): one.node
        for one in lab.interfaces
        if one.node in vpn_of and one.kind in (InterfaceKind.LAN, InterfaceKind.ACCESS)
    }

    def carry(packet: Packet) -> Fate:
        home = homes.get((vpn_of[packet.ce], packet.destination))
        if home is None:
            return Fate(complaint=f"3 0 {packet.gateway}")
        return Fate(home, answered=True)

    return carry


@dataclass(slots=True)
class FakeProgram:
    """The program on one CE."""

    ce: str
    network: FakeNetwork
    said: queue.SimpleQueue[str | None] = field(default_factory=queue.SimpleQueue)
    queued: list[tuple[str, Packet]] = field(default_factory=list)
    closed: bool = False
    watched: int | None = None
    owed: list[str] = field(default_factory=list)

    def write_line(self, line: str) -> None:
        for command in line.split("\n"):
            self._obey(command.split())

    def _obey(self, words: list[str]) -> None:
        match words:
            case ["run", nonce]:
                self.watched = None
                while self.owed:
                    self.said.put(self.owed.pop(0))
                self.said.put(f"ready {nonce}")
            case ["watch", first]:
                self.watched = int(first)
            case ["send", number, source, destination, size, gateway, "0"]:
                packet = Packet(self.ce, IPv4Address(source), IPv4Address(destination), int(size), gateway)
                self.queued.append((number, packet))
            case ["go"]:
                for number, packet in self.queued:
                    self._send(number, packet)
                self.queued.clear()
                self.said.put("sent")
            case ["end"] if self.ce in self.network.busy:
                self.owed = [f"arrived {number}" for number in range(len(self.network.packets))] + ["over"]
            case ["end"]:
                self.said.put("over")

    def _send(self, number: str, packet: Packet) -> None:
        self.network.packets.append(packet)
        fate = self.network.carry(packet)
        if fate.unsent:
            self.said.put(f"unsent {number} {fate.unsent}")
            return
        for end in fate.comes_by:
            witness = self.network.programs.get(end.node)
            if witness is not None and witness.watched is not None and witness.watched <= int(number):
                witness.said.put(f"seen {number} {end.interface}")
        if fate.arrives_at in self.network.programs:
            self.network.programs[fate.arrives_at].said.put(f"arrived {number}")
        if fate.answered:
            self.said.put(f"answered {number}")
        if fate.complaint:
            self.said.put(f"refused {number} {fate.complaint}")

    def read_line(self, within: float) -> str:
        try:
            line = self.said.get(timeout=within)
        except queue.Empty:
            raise TimeoutError from None
        if line is None:
            raise ProgramEnded("`python3` has ended (exit status 1)")
        return line

    def close(self) -> None:
        self.closed = True


@dataclass(slots=True)
class FakeNetwork:
    """What `verify` needs of a fleet.

    Attributes:
        says: the output of a command on a node; called with the number of the look, from 0.
        carry: what becomes of a packet.
        unreachable: nodes that do not answer.
        busy: CEs whose programs say the last of a run only when the next one begins.
        looks: what was asked in each look.
    """

    says: Callable[[int, str, str], str]
    carry: Callable[[Packet], Fate]
    unreachable: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()
    looks: list[dict[str, tuple[str, ...]]] = field(default_factory=list)
    packets: list[Packet] = field(default_factory=list)
    programs: dict[str, FakeProgram] = field(default_factory=dict)
    work: list[Callable[[], bool]] = field(default_factory=list)  # what is said to that, one after another

    def collect(
        self, wanted: Mapping[str, Sequence[str]]
    ) -> Mapping[tuple[str, str], Transcript | Unreachable]:
        self.looks.append({node: tuple(commands) for node, commands in wanted.items()})
        return {
            (node, command): self._answer(node, command)
            for node, commands in wanted.items()
            for command in commands
        }

    def _answer(self, node: str, command: str) -> Transcript | Unreachable:
        if node in self.unreachable:
            return Unreachable(node, "no SSH at 198.18.7.9")
        return Transcript(node, command, self.says(len(self.looks) - 1, node, command), 0)

    def open_programs(self, commands: Mapping[str, str]) -> Mapping[str, FakeProgram | Unreachable]:
        opened: dict[str, FakeProgram | Unreachable] = {}
        for ce in commands:
            if ce in self.unreachable:
                opened[ce] = Unreachable(ce, "no SSH at 198.18.7.9")
            else:
                opened[ce] = self.programs[ce] = FakeProgram(ce, self)
        return opened

    def at_work(self) -> bool:
        return bool(self.work) and self.work.pop(0)()
