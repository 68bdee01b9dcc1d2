"""Nodes that do as ordered, or say why not, and remember it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from orchestrator.hosts.base import Completed
from orchestrator.verification.kit.answers import Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.fleet.fleet import Fleet


@dataclass(slots=True)
class StubFleet:
    """By node, what it received; `deaf` nodes do not answer, `unwilling` ones complain."""

    deaf: frozenset[str] = frozenset()
    unwilling: frozenset[str] = frozenset()
    received: dict[str, list[str]] = field(default_factory=dict)

    def execute(
        self, commands: Mapping[str, str], within: float | None = None
    ) -> dict[str, Completed | Unreachable]:
        assert within
        for node, command in commands.items():
            lines = [line for line in command.splitlines() if not line.startswith(("#", "set ", "(", ")"))]
            self.received.setdefault(node, []).extend(lines)
        return {node: self._answer(node) for node in commands}

    def _answer(self, node: str) -> Completed | Unreachable:
        if node in self.deaf:
            return Unreachable(node, "no SSH")
        if node in self.unwilling:
            return Completed(1, b"", b"\nCannot find device\n")
        return Completed(0, b"", b"")

    @property
    def fleet(self) -> Fleet:
        return cast("Fleet", self)
