"""What both ends of an attachment must be set to alike, and what comes of it where they are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from orchestrator.model.lab import Attachment, Lab
    from orchestrator.model.pece import PeCe
    from orchestrator.model.topology import Endpoint


MTU: Final = "MTU"
SUBNET: Final = "subnet"


class End(StrEnum):
    """One of the two ends of an attachment."""

    PE = "pe"
    CE = "ce"

    def port(self, attachment: Attachment) -> Endpoint:
        """The interface at this end."""
        return attachment.pe if self is End.PE else attachment.ce

    def spoken(self, attachment: Attachment) -> PeCe:
        """What this end is to be set to."""
        return attachment.protocol if self is End.PE else attachment.protocol_at_ce


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter as one end has it.

    Attributes:
        name: in the field's words, such as `hello interval`.
        value: for people, such as `10 s`.
        secret: a key or password that belongs to it: compared, and never shown.
    """

    name: str
    value: str
    secret: str = field(default="", repr=False)


class Outcome(IntEnum):
    """What becomes of an attachment whose ends differ, the worst last (measured on FRR 8.4.4 and 10.3)."""

    WORKS = 0  # the protocol does not mind
    NO_ROUTES = 1  # an OSPF adjacency comes up, and the far end's LSAs fit together with nothing
    STUCK = 2  # an OSPF adjacency stays in ExStart or Exchange
    NO_SESSION = 3  # neither a BGP session nor an OSPF neighbour


def link_settings(attachment: Attachment, end: End) -> tuple[Setting, ...]:
    """What the two ends of a link must have in common whatever protocol they speak."""
    at_pe = end is End.PE
    subnet = (attachment.pe_address if at_pe else attachment.ce_address).network
    mtu = attachment.pe_mtu if at_pe else attachment.ce_mtu
    return Setting(MTU, str(mtu)), Setting(SUBNET, str(subnet))


def nothing_but_the_link(lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:  # noqa: ARG001 -- as of all
    """Of a protocol whose ends need nothing alike but their link."""
    return ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A parameter that differs between the two ends; None where one end has no such thing."""

    name: str
    at_ce: Setting | None
    at_pe: Setting | None

    def between(self, ce: str, pe: str) -> str:
        """In words: `hello interval 10 s on ce1, 1 s on pe1`."""
        if self.at_ce is None or self.at_pe is None:
            without, there = (ce, pe) if self.at_ce is None else (pe, ce)
            has = self.at_pe or self.at_ce
            return f"no {self.name} on {without}, {has.value if has else 'none'} on {there}"
        if self.at_ce.value == self.at_pe.value:
            return f"{self.name} {self.at_pe.value} on both, with another secret on {ce} than on {pe}"
        return f"{self.name} {self.at_ce.value} on {ce}, {self.at_pe.value} on {pe}"


def differences(at_ce: Sequence[Setting], at_pe: Sequence[Setting]) -> tuple[Difference, ...]:
    """The parameters that differ between two ends, in the order of the settings."""
    return tuple(_differences(at_ce, at_pe))


def _differences(at_ce: Iterable[Setting], at_pe: Iterable[Setting]) -> Iterator[Difference]:
    theirs, ours = ({one.name: one for one in side} for side in (at_ce, at_pe))
    for name in dict.fromkeys((*ours, *theirs)):
        if ours.get(name) != theirs.get(name):
            yield Difference(name, theirs.get(name), ours.get(name))


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the two ends of the attachments of one protocol must be set to alike.

    Attributes:
        intended: what one end is to be set to, beside its link.
        outcome: what becomes of an attachment whose ends differ in the parameters with these names.
    """

    intended: Callable[[Lab, Attachment, End], tuple[Setting, ...]]
    outcome: Callable[[Attachment, frozenset[str]], Outcome]

    def settings(self, lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:
        """All that one end of an attachment is to be set to and the other end must be set to alike."""
        return (*self.intended(lab, attachment, end), *link_settings(attachment, end))

    def declared(self, lab: Lab, attachment: Attachment) -> tuple[Difference, ...]:
        """The differences between the two ends that the intent declares: none, in a lab that is to work."""
        at_ce, at_pe = (self.settings(lab, attachment, end) for end in (End.CE, End.PE))
        return differences(at_ce, at_pe)

    def expected_outcome(self, lab: Lab, attachment: Attachment) -> Outcome:
        """What becomes of an attachment with the differences that the intent declares."""
        different = frozenset(one.name for one in self.declared(lab, attachment))
        return self.outcome(attachment, different) if different else Outcome.WORKS

    def works(self, lab: Lab, attachment: Attachment) -> bool:
        """Whether the ends agree as far as routes need it."""
        return self.expected_outcome(lab, attachment) is Outcome.WORKS
