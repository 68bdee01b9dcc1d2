"""What was seen of a running lab at one moment: facts, and the outputs they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestrator.verification.journey.stage import Evidence
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.kit.tables import MAIN_TABLE
from orchestrator.verification.looking import Lookout
from parsers.kernel import KERNEL_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from ipaddress import IPv4Network

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.answers import Unreachable
    from orchestrator.verification.kit.facts import Query
    from orchestrator.verification.network import Network, RunningProgram
    from parsers import Command

_FIRST_LINES: Final = 4  # what is longer is a description of a thing, not a row about it


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at a lab."""

    lab: Lab
    facts: Facts
    outputs: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def lines(
        self, node: str, command: Command[object], key: object, under: str | None = None
    ) -> tuple[Evidence, ...]:
        """The lines about `key` of what a node said, under the heading `under` if given; if there are any."""
        rows = command.rows(self._output(node, command), str(key), under)
        return _evidence(node, command, rows)

    def kernel_route(self, node: str, table: int, prefix: IPv4Network) -> tuple[Evidence, ...]:
        """The kernel's routes for a prefix in one table, as `ip route show table all` prints them."""
        key = "default" if prefix.prefixlen == 0 else str(prefix).removesuffix("/32")
        rows = KERNEL_ROUTES.rows(self._output(node, KERNEL_ROUTES), key)
        return _evidence(node, KERNEL_ROUTES, [row for row in rows if _table(row[0]) == table])

    def _output(self, node: str, command: Command[object]) -> str:
        return self.outputs.get((node, command.text), "")


def _evidence(node: str, command: Command[object], rows: Sequence[tuple[str, ...]]) -> tuple[Evidence, ...]:
    lines = tuple(line for row in rows for line in row[:_FIRST_LINES])
    return (Evidence(node, command.text, lines),) if lines else ()


def _table(line: str) -> int:
    """The table of a route, which iproute2 names unless it is `main`."""
    words = line.split()
    name = words[words.index("table") + 1] if "table" in words else ""
    return int(name) if name.isdigit() else 0 if name else MAIN_TABLE


def look(network: Network, lab: Lab, queries: Iterable[Query]) -> Sight:
    """Ask all nodes side by side, once."""
    memory = _Memory(network)
    facts = Facts(Lookout(memory).look(queries))
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
