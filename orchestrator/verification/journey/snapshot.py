"""What was seen of a running lab at one moment: facts, and the outputs they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestrator.verification.fact_collector import FactCollector
from orchestrator.verification.journey.stage import Evidence
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.kit.tables import MAIN_TABLE
from parsers.kernel import KERNEL_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from ipaddress import IPv4Network

    from orchestrator.model.lab import Lab
    from orchestrator.verification.fact_collector import ReadAnswers
    from orchestrator.verification.kit.answers import Unreachable
    from orchestrator.verification.kit.facts import Query
    from orchestrator.verification.network import Network, RunningProgram
    from parsers import Command

_FIRST_LINES: Final = 4  # what is longer is a description of a thing, not a row about it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One look at a lab."""

    lab: Lab
    facts: Facts
    outputs: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def lines(
        self, node: str, command: Command[object], key: object, under: str | None = None
    ) -> tuple[Evidence, ...]:
        """The lines about `key` of what a node said, under the heading `under` if given; if there are any."""
        rows = command.rows(self.outputs.get((node, command.text), ""), str(key), under)
        lines = tuple(line for row in rows for line in row[:_FIRST_LINES])
        return (Evidence(node, command.text, lines),) if lines else ()

    def kernel_route(self, node: str, table: int, prefix: IPv4Network) -> tuple[Evidence, ...]:
        """The kernel's routes for a prefix in one table, as `ip route show table all` prints them."""
        key = "default" if prefix.prefixlen == 0 else str(prefix).removesuffix("/32")
        return self.lines(node, KERNEL_ROUTES, key, "main" if table == MAIN_TABLE else str(table))


def take_snapshot(
    network: Network, lab: Lab, queries: Iterable[Query], read: ReadAnswers | None = None
) -> Snapshot:
    """Ask all nodes side by side, once; for `read` see `FactCollector`."""
    memory = _Memory(network)
    facts = Facts(FactCollector(memory, read).collect(queries))
    return Snapshot(lab, facts, memory.said)


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

    def at_work(self) -> bool:
        return self.network.at_work()
