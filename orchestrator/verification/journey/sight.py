"""What was seen of a running lab at one moment: facts, and the outputs they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestrator.verification.journey.stage import Evidence
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.kit.questions import (
    BGP_CONFIGURATION,
    DEVICES,
    EIGRP,
    KERNEL_LFIB,
    KERNEL_ROUTES,
    OSPF_INTERFACES,
    OSPF_NEIGHBORS,
    ROUTES,
)
from orchestrator.verification.kit.tables import MAIN_TABLE
from orchestrator.verification.looking import Lookout
from parsers import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from ipaddress import IPv4Network

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.answers import Unreachable
    from orchestrator.verification.kit.facts import Need, Question
    from orchestrator.verification.network import Network, RunningProgram

_LAYOUTS: Final[Mapping[str, excerpt.Layout]] = {
    DEVICES.command: excerpt.DEVICES,
    EIGRP.command: excerpt.EIGRP,
    KERNEL_LFIB.command: excerpt.KERNEL_LFIB,
    KERNEL_ROUTES.command: excerpt.KERNEL_ROUTES,
    OSPF_INTERFACES.command: excerpt.OSPF_INTERFACES,
    OSPF_NEIGHBORS.command: excerpt.OSPF_NEIGHBORS,
    ROUTES.command: excerpt.RIB,
    BGP_CONFIGURATION.command: excerpt.TARGETS,
}
_FIRST_LINES: Final = 4  # what is longer is a description of a thing, not a row about it


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at a lab."""

    lab: Lab
    facts: Facts
    outputs: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def lines(
        self, node: str, question: Question[object], key: object, under: str | None = None
    ) -> tuple[Evidence, ...]:
        """The lines about `key` of what a node said, under the heading `under` if given; if there are any."""
        layout = _LAYOUTS.get(question.command) or _bgp_layout(question.command)
        output = self.outputs.get((node, question.command), "")
        rows = excerpt.excerpt(layout, output, str(key), under)
        return _evidence(node, question.command, rows)

    def kernel_route(self, node: str, table: int, prefix: IPv4Network) -> tuple[Evidence, ...]:
        """The kernel's routes for a prefix in one table, as `ip route show table all` prints them."""
        key = "default" if prefix.prefixlen == 0 else str(prefix).removesuffix("/32")
        output = self.outputs.get((node, KERNEL_ROUTES.command), "")
        rows = excerpt.excerpt(excerpt.KERNEL_ROUTES, output, key)
        return _evidence(node, KERNEL_ROUTES.command, [row for row in rows if _table(row[0]) == table])


def _evidence(node: str, command: str, rows: Sequence[tuple[str, ...]]) -> tuple[Evidence, ...]:
    lines = tuple(line for row in rows for line in row[:_FIRST_LINES])
    return (Evidence(node, command, lines),) if lines else ()


def _table(line: str) -> int:
    """The table of a route, which iproute2 names unless it is `main`."""
    words = line.split()
    name = words[words.index("table") + 1] if "table" in words else ""
    return int(name) if name.isdigit() else 0 if name else MAIN_TABLE


def _bgp_layout(command: str) -> excerpt.Layout:
    return excerpt.PEERS if command.endswith(" summary") else excerpt.BGP_TABLE


def look(network: Network, lab: Lab, needs: Iterable[Need]) -> Sight:
    """Ask all nodes side by side, once."""
    memory = _Memory(network)
    facts = Facts(Lookout(memory).look(needs))
    return Sight(lab, facts, memory.said)


@dataclass(slots=True)
class _Memory:
    """A network whose words are remembered."""

    network: Network
    said: dict[tuple[str, str], str] = field(default_factory=dict)

    def collect(
        self, wanted: Mapping[str, Sequence[str]]
    ) -> Mapping[tuple[str, str], Transcript | Unreachable]:
        answers = self.network.collect(wanted)
        self.said |= {key: one.output for key, one in answers.items() if isinstance(one, Transcript)}
        return answers

    def open_programs(self, commands: Mapping[str, str]) -> Mapping[str, RunningProgram | Unreachable]:
        return self.network.open_programs(commands)
