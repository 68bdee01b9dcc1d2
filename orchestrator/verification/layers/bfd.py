"""BFD: each link that the intent has watched, from both ends, at the speed that both agreed on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.core.bfd import bfd_sessions
from orchestrator.model.topology import Endpoint
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, OnPort
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, hint_command, listed, nothing_else
from parsers import DEFAULT_VRF
from parsers.bfd import BFD_PEERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.core.bfd import BfdSession
    from orchestrator.model.lab import Attachment
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


def core_checks(lab: EffectiveLab, node: str, after: tuple[CheckId, ...]) -> Iterator[Check]:
    """The sessions of a provider node with its neighbours in the core.

    Args:
        lab: the lab with failed elements removed.
        node: the node.
        after: the checks of its adjacencies, which make the sessions.
    """
    crossed = {Endpoint(own.node, own.name) for own, _ in lab.core_links_of(node)}
    for one in bfd_sessions(lab.lab, node):
        if Endpoint(node, one.own.name) in crossed:
            yield _session(lab, one, Layer.IGP, after)


def access_checks(
    lab: EffectiveLab, attachment: Attachment, node: str, after: tuple[CheckId, ...]
) -> Iterator[Check]:
    """The session over an attachment that packets cross, as its PE or CE sees it.

    Args:
        lab: the lab with failed elements removed.
        attachment: where PE and CE meet.
        node: the one of the two that looks.
        after: the checks of the protocol between them, which makes the session.
    """
    ends = {str(attachment.pe), str(attachment.ce)}
    for one in bfd_sessions(lab.lab, node):
        if f"{node}:{one.own.name}" in ends:
            yield _session(lab, one, Layer.PECE, after)


def no_other_session(lab: EffectiveLab, node: str) -> Iterator[Check]:
    """That a node watches no link but those; nodes without a session do not run bfdd."""
    wanted = bfd_sessions(lab.lab, node)
    if wanted:
        yield Check(
            CheckId(Layer.PECE, "no-other-bfd", node),
            "no other BFD session",
            partial(judge_no_other_session, node=node, allowed=tuple(map(_name, wanted))),
            (Query(node, BFD_PEERS),),
            why="An unexpected BFD session can tear down an adjacency that it was never meant to protect.",
            hint=hint_command(lab.lab, node, BFD_PEERS.text),
        )


def _session(lab: EffectiveLab, session: BfdSession, layer: Layer, after: tuple[CheckId, ...]) -> Check:
    node = session.own.node
    return Check(
        CheckId(layer, "bfd", node, (OnPort(session.own.name),)),
        f"BFD with {session.far.node} on {session.own.name}: {session.bfd.detection} ms to detect",
        partial(judge_session, session=session),
        (Query(node, BFD_PEERS),),
        after=after,
        why="Without BFD a blackholed link whose carrier stays up is used until the protocols' own timers "
        "expire; with other intervals the outage is longer or shorter than intended (RFC 5880 6.8.4).",
        hint=hint_command(lab.lab, node, f"show bfd peer {session.peer}"),
    )


def _name(session: BfdSession) -> str:
    return f"{session.peer}{f' in VRF {session.own.vrf}' if session.own.vrf else ''}"


def judge_session(facts: Facts, *, session: BfdSession) -> Judgement:
    """One session with the far end is up, with the intervals that the intent gives both ends."""
    bfd, vrf = session.bfd, session.own.vrf or DEFAULT_VRF
    seen = [
        f"{one.status}, a packet every {one.sends_every} ms, down after {one.detects_within} ms"
        + ("" if one.status == "up" else f" ({one.diagnostics})")
        for one in facts.of(session.own.node, BFD_PEERS)
        if (one.peer, one.vrf) == (session.peer, vrf) and not one.multihop
    ]
    wanted = f"up, a packet every {bfd.interval} ms, down after {bfd.detection} ms"
    return equal(wanted, listed(seen, f"no session with {_name(session)}"))


def judge_no_other_session(facts: Facts, *, node: str, allowed: tuple[str, ...]) -> Judgement:
    """No BFD session but those with the neighbours that the intent has watched, up or down."""
    seen = (
        f"{one.peer}{'' if one.vrf == DEFAULT_VRF else f' in VRF {one.vrf}'}"
        for one in facts.of(node, BFD_PEERS)
    )
    return nothing_else(allowed, seen, "BFD sessions")
