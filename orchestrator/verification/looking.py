"""Looking at the network: commands out, facts back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.verification.kit.answers import Unreachable
from orchestrator.verification.kit.facts import CouldNotLook
from parsers.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.verification.kit.answers import Transcript
    from orchestrator.verification.kit.facts import Need
    from orchestrator.verification.network import Network


class Lookout:
    """Asks nodes, and reads each answer once.

    An answer that is word for word the last one is not parsed again. Parsing happens in the caller's
    thread, after all nodes have answered: TTP keeps global state.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._last: dict[tuple[str, str], tuple[str, object]] = {}

    def look(self, needs: Iterable[Need]) -> dict[tuple[str, str], object]:
        """Answers by node and command: facts, or `CouldNotLook` with the reason."""
        asked = {(need.node, need.command): need for need in needs}
        wanted: dict[str, list[str]] = {}
        for node, command in asked:
            wanted.setdefault(node, []).append(command)
        said = self._network.collect(wanted) if wanted else {}
        return {key: self._read(need, said[key]) for key, need in asked.items()}

    def _read(self, need: Need, said: Transcript | Unreachable) -> object:
        if isinstance(said, Unreachable):
            return CouldNotLook(f"{said.who} does not answer: {said.why}")
        key = need.node, need.command
        output, answer = self._last.get(key, (None, None))
        if output != said.output:
            answer = self._parse(need, said.output)
            self._last[key] = said.output, answer
        return answer

    @staticmethod
    def _parse(need: Need, output: str) -> object:
        try:
            return need.question.parse(output)
        except ParseError as error:
            return CouldNotLook(f"on {need.node}: {error}")
