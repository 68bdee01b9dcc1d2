"""BGP between PE and CE: the session from both ends, and that there is no other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from orchestrator.core.mpbgp.sessions import session_text
from orchestrator.model.family import Family
from orchestrator.model.interconnect import back_to_back
from orchestrator.protocols import compare_ends
from orchestrator.protocols.agreement import End, Outcome, Setting
from orchestrator.protocols.bgp import options
from orchestrator.protocols.bgp.agreement import AGREEMENT, settings
from orchestrator.protocols.bgp.configuration import TTL_SECURITY
from orchestrator.protocols.bgp.sessions import backdoor_sessions, customer_as
from orchestrator.protocols.bgp.values import Bgp
from orchestrator.protocols.ids import backdoor_id, seen_by_ce, seen_by_pe, sound_backdoor_ids
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, hint_command, listed, nothing_else
from orchestrator.verification.layers import link
from parsers import DEFAULT_VRF
from parsers.bgp import BGP_PEERS, BGP_PEERS_IF_ANY
from parsers.bgp_configuration import BGP_CONFIGURATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Attachment, Backdoor, Lab, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.check import Judge
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command
    from parsers.bgp import BgpPeer

_POLICY: Final = (
    "An eBGP session without a policy neither sends nor takes routes (RFC 8212): this end lacks "
    "`no bgp ebgp-requires-policy`."
)


def pe_session_id(lab: EffectiveLab, attachment: Attachment) -> CheckId:
    """The check of a PE-CE session as the PE sees it."""
    return seen_by_pe("session", lab, attachment)


def ce_session_id(lab: EffectiveLab, attachment: Attachment) -> CheckId:
    """The check of a PE-CE session as the CE sees it."""
    return seen_by_ce("session", lab, attachment)


class Shown:
    """What a BGP router shows of the settings of a session (`agree.Speaker`)."""

    def asked(self) -> tuple[Command[object], ...]:
        """The summary has the AS numbers, only the running configuration the password."""
        return BGP_PEERS, BGP_CONFIGURATION

    def observed(self, facts: Facts, attachment: Attachment, end: End) -> tuple[Setting, ...]:
        """AS numbers and password, if the other end is configured as a neighbour at all."""
        node, vrf, peer = _seen_from(attachment, end)
        found = [
            one
            for one in facts.of(node, BGP_PEERS)
            if one.vrf == vrf and one.peer == peer and (one.afi, one.safi) == (Family.of(peer).afi, "unicast")
        ]
        if not found:
            return ()
        (own, other) = found[0].local_as, found[0].remote_as
        configured = facts.of(node, BGP_CONFIGURATION)
        password = next(
            (one.secret for one in configured.passwords if one.vrf == vrf and one.peer == str(peer)), None
        )
        options = [one.words for one in configured.options if one.vrf == vrf and one.peer == str(peer)]
        shown = next((one.split()[1] for one in options if one.startswith("local-as ")), None)
        customer, provider = (other, int(shown) if shown else own) if end is End.PE else (own, other)
        return settings(customer, provider, password, ttl_security=TTL_SECURITY in options)

    def command(self, attachment: Attachment) -> str:
        """The session in all detail; a password it only says to be there."""
        return f"show bgp vrf {attachment.vrf} neighbors {attachment.ce_address.ip}"


def _seen_from(attachment: Attachment, end: End) -> tuple[str, str, IpAddress]:
    """Node, VRF and neighbour's address at one end."""
    if end is End.PE:
        return attachment.pe.node, attachment.vrf, attachment.ce_address.ip
    return attachment.ce.node, DEFAULT_VRF, attachment.pe_address.ip


SHOWN: compare_ends.Speaker = Shown()


def pe_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """That both ends agree, and the session as the PE sees it."""
    yield from compare_ends.checks(lab, attachment, SHOWN, AGREEMENT)
    if isinstance(attachment.protocol, Bgp):
        yield from options.pe_checks(lab, attachment, attachment.protocol)
        yield _pe_session(lab, attachment, attachment.protocol)


def ce_checks(lab: EffectiveLab, attachment: Attachment) -> Iterator[Check]:
    """The session as the CE sees it."""
    yield _ce_session(lab, attachment)
    if isinstance(attachment.protocol_at_ce, Bgp):
        yield from options.ce_checks(lab, attachment, attachment.protocol_at_ce)


def at_pe(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """The checks that the PE's side of an attachment stands on."""
    return (pe_session_id(lab, attachment),)


def at_ce(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    """The checks that the CE's side of an attachment stands on."""
    return (ce_session_id(lab, attachment),)


def checks_on_vrf(lab: EffectiveLab, vrf: Vrf) -> Iterator[Check]:
    """No session but those of the VRF's links, also of those that are down."""
    if lab.lab.family is Family.IPV6:
        return  # IPv4's look for others of either family
    ces = (
        str(one.ce_address.ip)
        for one in _in_both_families(lab.lab, vrf.pe)
        if one.vrf == vrf.name and isinstance(one.protocol, Bgp)
    )
    across = back_to_back(lab.lab, vrf.pe, vrf.name)
    asbrs = (str(one.seen_from(vrf.pe)[1].address.ip) for one in across)
    yield _no_other_session(lab, vrf.pe, vrf.name, (*ces, *asbrs))


def checks_on_ce(lab: EffectiveLab, ce: str) -> Iterator[Check]:
    """No session but those of the CE's attachments, also of those whose link is down."""
    if lab.lab.family is Family.IPV6:
        return  # as above
    peers = (
        *(str(one.pe_address.ip) for one in _in_both_families(lab.lab, ce) if isinstance(one.protocol, Bgp)),
        *(str(one.far_end(ce)[1].ip) for one in backdoor_sessions(lab.lab, ce)),
    )
    yield _no_other_session(lab, ce, DEFAULT_VRF, peers)


def _in_both_families(lab: Lab, node: str) -> Iterator[Attachment]:
    """The attachments of a PE or a CE as IPv4 sees them, and those that IPv6 sees."""
    for seen in (lab,) if lab.ipv6 is None else (lab, lab.ipv6):
        yield from (one for _, one in seen.attachments_of(node))


def _sound(lab: EffectiveLab, attachment: Attachment) -> tuple[CheckId, ...]:
    ends = lab.lab.interface(attachment.pe), lab.lab.interface(attachment.ce)
    return compare_ends.agree_id(lab, attachment), *link.sound_ids(lab, *ends)


def _session_judge(lab: EffectiveLab, attachment: Attachment, end: End, asn: int) -> Judge:
    node, vrf, peer = _seen_from(attachment, end)
    if AGREEMENT.expected_outcome(lab.lab, attachment) is Outcome.NO_SESSION:
        return partial(judge_no_session, node=node, vrf=vrf, peer=peer)
    return partial(judge_session, node=node, vrf=vrf, peer=peer, asn=asn)


def _pe_session(lab: EffectiveLab, attachment: Attachment, bgp: Bgp) -> Check:
    node, ce = attachment.pe.node, attachment.ce.node
    return Check(
        pe_session_id(lab, attachment),
        f"BGP session with {ce} in VRF {attachment.vrf}",
        _session_judge(lab, attachment, End.PE, bgp.asn),
        (Query(node, BGP_PEERS),),
        after=_sound(lab, attachment),
        why="Both ends must agree on addresses, AS numbers and authentication; without the session the site "
        "is cut off.",
        hint=hint_command(
            lab.lab, node, f"show bgp vrf {attachment.vrf} neighbors {attachment.ce_address.ip}"
        ),
    )


def _ce_session(lab: EffectiveLab, attachment: Attachment) -> Check:
    node, pe = attachment.ce.node, attachment.pe.node
    return Check(
        ce_session_id(lab, attachment),
        f"BGP session with {pe}",
        _session_judge(lab, attachment, End.CE, _provider_as(lab, attachment)),
        (Query(node, BGP_PEERS),),
        after=_sound(lab, attachment),
        why="Both ends must agree on addresses, AS numbers and authentication; without the session the site "
        "is cut off.",
        hint=hint_command(lab.lab, node, f"show bgp neighbors {attachment.pe_address.ip}"),
    )


def _provider_as(lab: EffectiveLab, attachment: Attachment) -> int:
    agreed = attachment.protocol_at_ce
    shown = agreed.local_as if isinstance(agreed, Bgp) else None
    return shown or lab.lab.provider_of(attachment.pe.node).asn


def _no_other_session(lab: EffectiveLab, node: str, vrf: str, peers: tuple[str, ...]) -> Check:
    where = "" if vrf == DEFAULT_VRF else f" in VRF {vrf}"
    runs = lab.lab.node(node).role.in_provider or customer_as(lab.lab, node) is not None
    command = BGP_PEERS if runs else BGP_PEERS_IF_ANY
    return Check(
        CheckId(Layer.PECE, "no-other-session", node, () if vrf == DEFAULT_VRF else (InVrf(vrf),)),
        f"no other BGP session{where}",
        partial(judge_no_other_session, node=node, vrf=vrf, command=command, allowed=peers),
        (Query(node, command),),
        why="In an L3VPN a CE is the PE's peer, never another CE's: a session across the provider, or with "
        "another customer, bypasses the VPN's policy (RFC 4364 1.2).",
        hint=hint_command(lab.lab, node, BGP_PEERS.text),
    )


def judge_session(facts: Facts, *, node: str, vrf: str, peer: IpAddress, asn: int) -> Judgement:
    """IPv4 unicast is established with this peer in this VRF, and the peer is in this AS."""
    seen = [
        session_text(one)
        for one in facts.of(node, BGP_PEERS)
        if one.vrf == vrf and one.peer == peer and (one.afi, one.safi) == (Family.of(peer).afi, "unicast")
    ]
    judgement = equal(f"AS {asn} Established", listed(seen, f"no session with {peer}"))
    return replace(judgement, why=_POLICY) if any("(Policy)" in one for one in seen) else judgement


def judge_no_session(facts: Facts, *, node: str, vrf: str, peer: IpAddress) -> Judgement:
    """The ends differ in what a session needs, so it is configured and does not come up."""
    seen = [
        one
        for one in facts.of(node, BGP_PEERS)
        if one.vrf == vrf and one.peer == peer and (one.afi, one.safi) == (Family.of(peer).afi, "unicast")
    ]
    return Judgement(
        bool(seen) and all(one.state != "Established" for one in seen),
        expected="never Established, as the ends disagree",
        observed=listed(map(session_text, seen), f"no session with {peer}"),
    )


def judge_no_other_session(
    facts: Facts,
    *,
    node: str,
    vrf: str,
    allowed: tuple[str, ...],
    command: Command[tuple[BgpPeer, ...]] = BGP_PEERS,
) -> Judgement:
    """No BGP neighbour in this VRF but the attachments' (on a CE: in no VRF at all)."""
    seen = [
        str(one.peer) if one.vrf == vrf else f"{one.peer} in VRF {one.vrf}"
        for one in facts.of(node, command)
        if vrf in {one.vrf, DEFAULT_VRF}
    ]
    return nothing_else(allowed, seen, "BGP sessions")


def backdoor_check(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> Check:
    """The session over a backdoor, as one of its CEs sees it."""
    far, address = backdoor.far_end(ce)
    return Check(
        backdoor_id(backdoor, ce),
        f"BGP session with {far.node} over the backdoor",
        partial(
            judge_session,
            node=ce,
            vrf=DEFAULT_VRF,
            peer=address.ip,
            asn=customer_as(lab.lab, far.node) or 0,
        ),
        (Query(ce, BGP_PEERS),),
        after=sound_backdoor_ids(lab, backdoor, ce),
        why="Without it nothing takes over when the provider fails.",
        hint=hint_command(lab.lab, ce, f"show bgp neighbors {address.ip}"),
    )
