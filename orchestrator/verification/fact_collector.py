"""Looking at the network: commands out, facts back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from orchestrator.verification.kit.answers import Unreachable
from orchestrator.verification.kit.facts import CouldNotLook
from parsers.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.verification.kit.answers import Transcript
    from orchestrator.verification.kit.facts import Query
    from orchestrator.verification.network import Network

ReadAnswers: TypeAlias = dict[tuple[str, str], tuple[str, object]]
"""By node and command, the words of the last answer and the facts in it."""


class FactCollector:
    """Asks nodes, and reads each answer once.

    An answer that is word for word the last one is not parsed again. Parsing happens in the caller's
    thread, after all nodes have answered: TTP keeps global state.

    Args:
        network: the nodes.
        read: what has been read of them before; what is read now is added.

    Attributes:
        answers: the last answer to everything that was asked, as it was given.
    """

    def __init__(self, network: Network, read: ReadAnswers | None = None) -> None:
        self._network = network
        self._last: ReadAnswers = {} if read is None else read
        self.answers: dict[tuple[str, str], Transcript | Unreachable] = {}

    def collect(self, queries: Iterable[Query]) -> dict[tuple[str, str], object]:
        """Answers by node and command: facts, or `CouldNotLook` with the reason."""
        asked = {query.key: query for query in queries}
        wanted: dict[str, list[str]] = {}
        for node, command in asked:
            wanted.setdefault(node, []).append(command)
        said = self._network.collect(wanted) if wanted else {}
        self.answers |= said
        return {key: self._read(query, said[key]) for key, query in asked.items()}

    def _read(self, query: Query, said: Transcript | Unreachable) -> object:
        if isinstance(said, Unreachable):
            return CouldNotLook(said.reason)
        output, answer = self._last.get(query.key, (None, None))
        if output != said.output:
            answer = self._parse(query, said.output)
            self._last[query.key] = said.output, answer
        return answer

    @staticmethod
    def _parse(query: Query, output: str) -> object:
        try:
            return query.command.parse(output)
        except ParseError as error:
            return CouldNotLook(f"on {query.node}: {error}")
