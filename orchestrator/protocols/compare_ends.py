"""PE and CE agree: what both routers run, compared parameter by parameter.

A lab may declare that the two ends of an attachment disagree: then exactly that is expected and nothing else.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from orchestrator.model.family import Family, of_one_link
from orchestrator.protocols.agreement import MTU, SUBNET, End, Setting, differences
from orchestrator.protocols.ids import seen_by_pe
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import hint_command, listed
from orchestrator.verification.layers import link
from parsers.kernel import DEVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Attachment
    from orchestrator.model.topology import Endpoint
    from orchestrator.protocols.agreement import Agreement
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command


_WHY: Final = (
    "Provider and customer each configure one end of the link; where the two differ the session does not "
    "come up, or comes up and carries nothing."
)
_MENDED: Final = "The intent has the two ends disagree in just this: one of them has been changed since."


class Speaker(Protocol):
    """How a PE-CE protocol shows what an end is set to."""

    def asked(self) -> tuple[Command[object], ...]:
        """The questions whose answers show it."""

    def observed(self, facts: Facts, attachment: Attachment, end: End) -> tuple[Setting, ...]:
        """The settings as the router runs them, under the names that the intent's have."""

    def command(self, attachment: Attachment) -> str:
        """What a person types at the PE to see them."""


class _LinkAlone:
    """Of a protocol whose ends need nothing alike but their link."""

    def asked(self) -> tuple[Command[object], ...]:
        """Nothing."""
        return ()

    def observed(self, facts: Facts, attachment: Attachment, end: End) -> tuple[Setting, ...]:  # noqa: ARG002 -- as of all
        """Nothing."""
        return ()

    def command(self, attachment: Attachment) -> str:
        """The link."""
        return f"ip addr show dev {attachment.pe.interface}"


LINK_ALONE: Final[Speaker] = _LinkAlone()
"""Static routes, and RIP."""


def agree_id(lab: EffectiveLab, attachment: Attachment) -> CheckId:
    """The check that both ends of an attachment are set alike."""
    return seen_by_pe("agree", lab, attachment)


def checks(
    lab: EffectiveLab,
    attachment: Attachment,
    speaker: Speaker,
    agreement: Agreement,
    after: tuple[CheckId, ...] = (),
) -> Iterator[Check]:
    """That both ends agree, or differ in what the intent declares and in nothing else.

    Args:
        lab: the lab.
        attachment: whose ends are compared.
        speaker: of its protocol.
        agreement: what its protocol needs alike.
        after: what must hold for the routers to show it at all, besides the link.
    """
    pe, ce = attachment.pe, attachment.ce
    apart = tuple(one.between(ce.node, pe.node) for one in agreement.declared(lab.lab, attachment))
    cable = next(one for one in lab.links if {one.a, one.b} == {pe, ce})
    yield Check(
        agree_id(lab, attachment),
        f"{ce} differs from {pe}, as declared" if apart else f"parameters of {ce} match {pe}",
        partial(
            judge_agreement,
            attachment=attachment,
            speaker=speaker,
            alike=tuple(one.name for one in agreement.settings(lab.lab, attachment, End.PE)),
            apart=apart,
        ),
        tuple(Query(end.node, command) for end in (pe, ce) for command in (*speaker.asked(), DEVICES)),
        after=(link.up_id(cable), *after),
        why=_MENDED if apart else _WHY,
        hint=hint_command(lab.lab, pe.node, speaker.command(attachment)),
    )


def on_the_link(facts: Facts, end: Endpoint, family: Family) -> tuple[Setting, ...]:
    """MTU and subnet of an interface, in one family."""
    device = next((one for one in facts.of(end.node, DEVICES) if one.name == end.interface), None)
    if device is None:
        return ()
    own = (one for one in device.addresses if Family.of(one) is family and not of_one_link(one.ip))
    subnets = [str(one.network) for one in own]
    return Setting(MTU, str(device.mtu)), Setting(SUBNET, listed(subnets))


def judge_agreement(
    facts: Facts,
    *,
    attachment: Attachment,
    speaker: Speaker,
    alike: tuple[str, ...],
    apart: tuple[str, ...],
) -> Judgement:
    """Both ends run the same; or they differ in exactly what is declared, values included."""
    family = Family.of(attachment.pe_address)
    at_ce, at_pe = (
        (*speaker.observed(facts, attachment, end), *on_the_link(facts, end.port(attachment), family))
        for end in (End.CE, End.PE)
    )
    ce, pe = attachment.ce.node, attachment.pe.node
    named = {one.name for one in (*at_ce, *at_pe)}
    seen = [one.between(ce, pe) for one in differences(at_ce, at_pe)]
    seen += [f"no {name} on either" for name in alike if name not in named]
    agreeing = ", ".join(f"{one.name} {one.value}" for one in at_pe if one in at_ce)
    return Judgement(
        seen == list(apart),
        expected="; ".join(apart) or f"the same {', '.join(alike)}",
        observed="; ".join(seen) or f"on both {agreeing}",
    )
