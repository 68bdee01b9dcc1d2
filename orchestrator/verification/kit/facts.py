"""What the nodes said, as typed facts: each answer is parsed once, whoever asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from orchestrator.errors import ExitCode, L3vpnError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from orchestrator.verification.kit.answers import Transcript, Unreachable
    from orchestrator.verification.kit.probes import Flight, Probe
    from parsers import Command

FactT = TypeVar("FactT")


class CouldNotLook(L3vpnError):  # noqa: N818 -- what happened, in the words of the verdict ERROR
    """A node did not answer, or answered with something that no template knows."""

    exit_code = ExitCode.NODE


@dataclass(frozen=True, slots=True)
class Look:
    """What a verification ended with, before anything is made of it: what can be judged again later.

    Attributes:
        answers: the last answer to each command, by node and command.
        flights: what became of each probe that was sent, or why nobody knows.
    """

    answers: Mapping[tuple[str, str], Transcript | Unreachable] = field(default_factory=dict)
    flights: Mapping[Probe, Flight | CouldNotLook] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """A command for one node."""

    node: str
    command: Command[object]

    @property
    def key(self) -> tuple[str, str]:
        """What its answer is found by: the node and the text that it runs."""
        return self.node, self.command.text

    def __str__(self) -> str:
        return f"{self.node}: {self.command.name}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Answers by node and command, and the fate of the probes that were sent.

    An answer is the parsed facts, or `CouldNotLook` with the reason.
    """

    answers: Mapping[tuple[str, str], object] = field(default_factory=dict)
    flights: Mapping[Probe, Flight | CouldNotLook] = field(default_factory=dict)
    _grouped: dict[object, dict[object, tuple[object, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def of(self, node: str, command: Command[FactT]) -> FactT:
        """What `node` answered to `command`.

        Raises:
            CouldNotLook: it did not, or not in words that are known.
        """
        answer = self.answers[node, command.text]
        if isinstance(answer, CouldNotLook):
            raise answer
        return cast("FactT", answer)

    def about(
        self,
        node: str,
        command: Command[tuple[FactT, ...]],
        key: Callable[[FactT], object],
        wanted: object,
    ) -> tuple[FactT, ...]:
        """Of what `node` answered to `command`, what has the `wanted` key, in the order of the answer.

        `key` is a function of a module: its groups are kept, so that a table is gone through once.

        Raises:
            CouldNotLook: as `of`.
        """
        place = node, command.text, key
        groups = self._grouped.get(place)
        if groups is None:
            found: dict[object, list[object]] = {}
            for one in self.of(node, command):
                found.setdefault(key(one), []).append(one)
            groups = self._grouped[place] = {name: tuple(ones) for name, ones in found.items()}
        return cast("tuple[FactT, ...]", groups.get(wanted, ()))

    def flight(self, probe: Probe) -> Flight:
        """What became of `probe`.

        Raises:
            CouldNotLook: it was not sent, or the CE that sent it says no more.
        """
        flight = self.flights.get(probe)
        if flight is None:
            raise CouldNotLook(f"{probe} was not sent")
        if isinstance(flight, CouldNotLook):
            raise flight
        return flight

    def flown(self, probes: Iterable[Probe]) -> tuple[Probe, ...]:
        """Those of some probes that were sent, or should have been."""
        return tuple(probe for probe in probes if probe in self.flights)

    def updated(self, answers: Mapping[tuple[str, str], object]) -> Facts:
        """These facts with newer answers in place of older ones."""
        return Facts({**self.answers, **answers}, self.flights)
