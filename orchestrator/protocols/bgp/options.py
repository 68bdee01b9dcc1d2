"""What PE and CE have agreed on beyond their session, read back from each end's configuration.

A limit shows in the network only once it is reached, and a path that is not rewritten only in others' tables.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.protocols.bgp.configuration import options_on_pe
from orchestrator.protocols.bgp.values import OwnAs
from orchestrator.protocols.ids import seen_by_ce, seen_by_pe
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import exactly, hint_command
from parsers import DEFAULT_VRF
from parsers.bgp_configuration import BGP_CONFIGURATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.lab import Attachment
    from orchestrator.protocols.bgp.values import Bgp
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts

_AT_CE: Final = ("allowas-in",)
_AT_PE: Final = ("default-originate", "maximum-prefix", "remove-private-AS")


def pe_checks(lab: EffectiveLab, attachment: Attachment, bgp: Bgp) -> Iterator[Check]:
    """The PE's, where the intent has some."""
    if wanted := options_on_pe(bgp):
        node, vrf, peer = attachment.pe.node, attachment.vrf, str(attachment.ce_address.ip)
        yield Check(
            seen_by_pe("options", lab, attachment),
            f"options towards {attachment.ce.node}: {', '.join(wanted)}",
            partial(judge_options, node=node, neighbor=(vrf, peer), wanted=wanted, compared=_AT_PE),
            (Query(node, BGP_CONFIGURATION),),
            why="They are part of what was agreed with this customer; a limit shows in no table before it is "
            "reached.",
            hint=hint_command(lab.lab, node, "show running-config bgpd"),
        )


def ce_checks(lab: EffectiveLab, attachment: Attachment, bgp: Bgp) -> Iterator[Check]:
    """The CE's, where it takes its own AS number more than once."""
    if bgp.own_as is OwnAs.ALLOWAS_IN and bgp.own_as_times > 1:
        node, peer = attachment.ce.node, str(attachment.pe_address.ip)
        wanted = (f"allowas-in {bgp.own_as_times}",)
        yield Check(
            seen_by_ce("options", lab, attachment),
            f"options towards {attachment.pe.node}: {wanted[0]}",
            partial(judge_options, node=node, neighbor=(DEFAULT_VRF, peer), wanted=wanted, compared=_AT_CE),
            (Query(node, BGP_CONFIGURATION),),
            why="A path that holds the site's AS number more often than it takes is dropped as a loop.",
            hint=hint_command(lab.lab, node, "show running-config bgpd"),
        )


def judge_options(
    facts: Facts, *, node: str, neighbor: tuple[str, str], wanted: tuple[str, ...], compared: tuple[str, ...]
) -> Judgement:
    """The neighbour has these options, and of the compared ones no others."""
    seen = [
        one.words
        for one in facts.of(node, BGP_CONFIGURATION).options
        if (one.vrf, one.peer) == neighbor and one.words.split()[0] in compared
    ]
    return exactly(wanted, seen, nothing="no option")
