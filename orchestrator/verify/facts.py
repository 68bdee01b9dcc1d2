"""What the nodes said, as typed facts: each answer is parsed once, whoever asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from orchestrator.errors import ExitCode, L3vpnError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.verify.probes import Flight, Probe

FactT = TypeVar("FactT")
FactT_co = TypeVar("FactT_co", covariant=True)


class CouldNotLook(L3vpnError):  # noqa: N818 -- what happened, in the words of the verdict ERROR
    """A node did not answer, or answered with something that no template knows."""

    exit_code = ExitCode.NODE


@dataclass(frozen=True, slots=True)
class Question(Generic[FactT_co]):
    """A command and the reading of its output.

    Attributes:
        command: text for vtysh if it begins with `show `, else for the root shell.
        parse: output to facts; raises `parsers.ParseError` on a line that it does not know.
        told: what a person is told instead of a command that is a whole program.
    """

    command: str
    parse: Callable[[str], FactT_co]
    told: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """A question to one node."""

    node: str
    question: Question[object]

    @property
    def command(self) -> str:
        """The text to run."""
        return self.question.command

    def __str__(self) -> str:
        return f"{self.node}: {self.question.told or self.command}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Answers by node and command, and the fate of the probes that were sent.

    An answer is the parsed facts, or `CouldNotLook` with the reason.
    """

    answers: Mapping[tuple[str, str], object] = field(default_factory=dict)
    flights: Mapping[Probe, Flight | CouldNotLook] = field(default_factory=dict)

    def of(self, node: str, question: Question[FactT]) -> FactT:
        """What `node` answered to `question`.

        Raises:
            CouldNotLook: it did not, or not in words that are known.
        """
        answer = self.answers[node, question.command]
        if isinstance(answer, CouldNotLook):
            raise answer
        return cast("FactT", answer)

    def flight(self, probe: Probe) -> Flight:
        """What became of `probe`.

        Raises:
            CouldNotLook: it was not sent, or the CE that sent it says no more.
        """
        flight = self.flights.get(probe, CouldNotLook(f"{probe} was not sent"))
        if isinstance(flight, CouldNotLook):
            raise flight
        return flight

    def flown(self, probe: Probe) -> bool:
        """Whether it is known what became of `probe`."""
        return not isinstance(self.flights.get(probe, CouldNotLook()), CouldNotLook)

    def updated(self, answers: Mapping[tuple[str, str], object]) -> Facts:
        """These facts with newer answers in place of older ones."""
        return Facts({**self.answers, **answers}, self.flights)
