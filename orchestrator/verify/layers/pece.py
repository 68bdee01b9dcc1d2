"""PE-CE: the sessions between customer and provider, and what the customer announces over them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from orchestrator.model.topology import Role
from orchestrator.verify.check import Check, Judgement, Layer
from orchestrator.verify.facts import Need
from orchestrator.verify.layers import link
from orchestrator.verify.layers.mpbgp import session_text
from orchestrator.verify.questions import BGP_PEERS, ROUTES
from orchestrator.verify.tables import DEFAULT_VRF, selected, via
from orchestrator.verify.wording import equal, listed, look, nothing_else

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.lab import Attachment
    from orchestrator.verify.facts import Facts
    from orchestrator.verify.state import LabInState


def pe_session_id(attachment: Attachment) -> str:
    """The check of a PE-CE session as the PE sees it."""
    return f"pece.session.{attachment.pe.node}.{attachment.vrf}.{attachment.ce.node}"


def ce_session_id(attachment: Attachment) -> str:
    """The check of a PE-CE session as the CE sees it."""
    return f"pece.session.{attachment.ce.node}.{attachment.pe.node}"


def announced_id(attachment: Attachment, prefix: IPv4Network) -> str:
    """The check that the PE has a prefix from the CE, in the right VRF."""
    return f"pece.announced.{attachment.pe.node}.{attachment.vrf}.{prefix}"


def checks(lab: LabInState) -> Iterator[Check]:
    """Each attachment from both ends, and that there is no other session in a VRF or on a CE."""
    for vrf in lab.vrfs:
        attachments = [(site, one) for site, one in lab.attachments_of(vrf.pe) if one.vrf == vrf.name]
        for site, attachment in attachments:
            yield _pe_session(lab, attachment)
            for prefix in site.prefixes:
                yield _announced(lab, attachment, prefix)
        yield _no_other_session(
            lab, vrf.pe, vrf.name, tuple(str(one.ce_address.ip) for _, one in attachments)
        )
    for ce in lab.with_role(Role.CE):
        own = [one for _, one in lab.attachments_of(ce.name)]
        for attachment in own:
            yield _ce_session(lab, attachment)
        yield _no_other_session(lab, ce.name, DEFAULT_VRF, tuple(str(one.pe_address.ip) for one in own))


def _sound(lab: LabInState, attachment: Attachment) -> tuple[str, ...]:
    return link.sound_ids(lab, lab.lab.interface(attachment.pe), lab.lab.interface(attachment.ce))


def _pe_session(lab: LabInState, attachment: Attachment) -> Check:
    node, ce = attachment.pe.node, attachment.ce.node
    return Check(
        pe_session_id(attachment),
        Layer.PECE,
        node,
        f"BGP session with {ce} in VRF {attachment.vrf}",
        partial(
            judge_session,
            node=node,
            vrf=attachment.vrf,
            peer=attachment.ce_address.ip,
            asn=attachment.protocol.asn,
        ),
        (Need(node, BGP_PEERS),),
        after=_sound(lab, attachment),
        why="Both ends must agree on addresses, AS numbers and authentication; without the session the site "
        "is cut off.",
        hint=look(lab.lab, node, f"show bgp vrf {attachment.vrf} neighbors {attachment.ce_address.ip}"),
    )


def _ce_session(lab: LabInState, attachment: Attachment) -> Check:
    node, pe = attachment.ce.node, attachment.pe.node
    return Check(
        ce_session_id(attachment),
        Layer.PECE,
        node,
        f"BGP session with {pe}",
        partial(
            judge_session,
            node=node,
            vrf=DEFAULT_VRF,
            peer=attachment.pe_address.ip,
            asn=lab.lab.provider_of(pe).asn,
        ),
        (Need(node, BGP_PEERS),),
        after=_sound(lab, attachment),
        why="Both ends must agree on addresses, AS numbers and authentication; without the session the site "
        "is cut off.",
        hint=look(lab.lab, node, f"show bgp neighbors {attachment.pe_address.ip}"),
    )


def _no_other_session(lab: LabInState, node: str, vrf: str, peers: tuple[str, ...]) -> Check:
    where = "" if vrf == DEFAULT_VRF else f" in VRF {vrf}"
    return Check(
        f"pece.no-other-session.{node}" + ("" if vrf == DEFAULT_VRF else f".{vrf}"),
        Layer.PECE,
        node,
        f"no other BGP session{where}",
        partial(judge_no_other_session, node=node, vrf=vrf, allowed=peers),
        (Need(node, BGP_PEERS),),
        why="In an L3VPN a CE is the PE's peer, never another CE's: a session across the provider, or with "
        "another customer, bypasses the VPN's policy (RFC 4364 1.2).",
        hint=look(lab.lab, node, BGP_PEERS.command),
    )


def _announced(lab: LabInState, attachment: Attachment, prefix: IPv4Network) -> Check:
    node = attachment.pe.node
    return Check(
        announced_id(attachment, prefix),
        Layer.PECE,
        node,
        f"{prefix} from {attachment.ce.node} in VRF {attachment.vrf}",
        partial(judge_announced, attachment=attachment, prefix=prefix),
        (Need(node, ROUTES),),
        after=(pe_session_id(attachment),),
        why="What the CE does not announce, or the PE rejects, the VPN cannot carry.",
        hint=look(lab.lab, node, f"show bgp vrf {attachment.vrf} ipv4 unicast {prefix}"),
    )


def judge_session(facts: Facts, *, node: str, vrf: str, peer: IPv4Address, asn: int) -> Judgement:
    """IPv4 unicast is established with this peer in this VRF, and the peer is in this AS."""
    seen = [
        session_text(one)
        for one in facts.of(node, BGP_PEERS)
        if one.vrf == vrf and one.peer == peer and (one.afi, one.safi) == ("ipv4", "unicast")
    ]
    return equal(f"AS {asn} Established", listed(seen, f"no session with {peer}"))


def judge_no_other_session(facts: Facts, *, node: str, vrf: str, allowed: tuple[str, ...]) -> Judgement:
    """No BGP neighbour in this VRF but the attachments' (on a CE: in no VRF at all)."""
    seen = [
        str(one.peer) if one.vrf == vrf else f"{one.peer} in VRF {one.vrf}"
        for one in facts.of(node, BGP_PEERS)
        if vrf in {one.vrf, DEFAULT_VRF}
    ]
    return nothing_else(allowed, seen, "BGP sessions")


def judge_announced(facts: Facts, *, attachment: Attachment, prefix: IPv4Network) -> Judgement:
    """The VRF's selected route to the prefix is BGP's, via the CE on the attachment's interface."""
    ce, port = attachment.ce_address.ip, attachment.pe.interface
    expected = f"bgp via {ce} {port}"
    route = selected(facts, attachment.pe.node, attachment.vrf, prefix)
    if route is None:
        return Judgement(holds=False, expected=expected, observed="no such route")
    hops = {(hop.gateway, hop.interface) for hop in route.hops if hop.fib}
    return Judgement(route.protocol == "bgp" and hops == {(ce, port)}, expected, via(route))
