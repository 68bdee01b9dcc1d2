"""MP-BGP: the VPNv4 sessions between the provider's PEs and route reflectors, and what is reflected."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from orchestrator.core.labels.ids import lsp_id
from orchestrator.core.mpbgp.configuration import carries_family
from orchestrator.core.mpbgp.labelled_checks import between_ids
from orchestrator.core.mpbgp.labelled_checks import checks as labelled_checks
from orchestrator.core.mpbgp.sessions import global_peers, judge_session, session_id
from orchestrator.core.mpbgp.vpn_routes import bgp_next_hop
from orchestrator.model.family import Family
from orchestrator.model.interconnect import labelled_across, vpnv4_across
from orchestrator.model.labelled_unicast import labelled_peers, vpnv4_partners
from orchestrator.model.topology import Role
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import vpn_table
from orchestrator.verification.kit.wording import equal, hint_command, listed, nothing_else
from orchestrator.verification.layers import kernel, link
from parsers.bgp import BGP_PEERS, BGP_PEERS_IF_ANY
from parsers.bgp_configuration import BGP_CONFIGURATION, VrfPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.family import IpAddress
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command
    from parsers.bgp import BgpPeer


@cache
def reflection_id(reflector: str, pe: str) -> CheckId:
    """The check that a route reflector passes on to a PE what it has."""
    return CheckId(Layer.MPBGP, "reflects", reflector, (Toward(pe),))


def carries(lab: Lab, node: str) -> bool:
    """Whether the VPN sessions of a provider's node carry the lab's family: IPv6, if customers have it."""
    return lab.family is Family.IPV4 or carries_family(lab, lab.provider_of(node))


def policy_id(vrf: Vrf) -> CheckId:
    """The check of what a VRF's routes are marked with, and of which it takes."""
    return CheckId(Layer.MPBGP, "vrf", vrf.pe, (InVrf(vrf.name),))


def vpnv4_session_ids(lab: EffectiveLab, origin: str, reader: str) -> tuple[CheckId, ...]:
    """The checks of how VPNv4 routes of one PE get to another: sessions, and reflectors between."""
    if reader in lab.vpnv4_peers(origin):
        return (session_id(origin, reader), session_id(reader, origin))
    return tuple(
        one
        for reflector in lab.vpnv4_peers(origin)
        if reflector in lab.vpnv4_peers(reader)
        for one in (
            session_id(origin, reflector),
            session_id(reader, reflector),
            *([reflection_id(reflector, reader)] if lab.lab.node(reader).role is Role.PE else ()),
        )
    )


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """The sessions of each provider node in its global BGP instance; a P has none."""
    if lab.lab.family is Family.IPV4:
        yield from labelled_checks(lab)
    for node in lab.provider_nodes:
        for peer in lab.vpnv4_peers(node.name) if carries(lab.lab, node.name) else ():
            yield _session(lab, node.name, peer)
        for one in vpnv4_across(lab.lab, node.name):
            if lab.interconnect_forwards(one):
                yield _asbr_session(lab, node.name, one)
        if lab.lab.family is Family.IPV4:  # of both: what else there is belongs to neither
            yield _no_other_session(lab, node.name)
    yield from _reflections(lab)
    for vrf in lab.vrfs:
        yield _policy(lab, vrf)


def _reflections(lab: EffectiveLab) -> Iterator[Check]:
    """What each reflector passes on, behind all sessions: a client may stand after it in the topology."""
    for reflector in lab.with_role(Role.RR):
        for peer in lab.vpnv4_peers(reflector.name) if carries(lab.lab, reflector.name) else ():
            if lab.lab.node(peer).role is Role.PE:
                yield _reflection(lab, reflector.name, peer)


def _policy(lab: EffectiveLab, vrf: Vrf) -> Check:
    return Check(
        policy_id(vrf),
        f"VRF {vrf.name} has the RD and the route targets that the intent gives it",
        partial(judge_policy, vrf=vrf, family=lab.lab.family),
        (Query(vrf.pe, BGP_PEERS), Query(vrf.pe, BGP_CONFIGURATION)),
        after=(kernel.vrf_id(vrf),),
        why="The RD keeps its routes apart from another VRF's; the route targets alone decide which VRFs get "
        "them, and whose this one takes (RFC 4364 4.3.1).",
        hint=hint_command(lab.lab, vrf.pe, BGP_CONFIGURATION.text),
    )


def _session(lab: EffectiveLab, node: str, peer: str) -> Check:
    return Check(
        session_id(node, peer),
        f"{lab.lab.family.vpn} session with {peer}",
        partial(
            judge_session,
            node=node,
            peer=str(lab.lab.vpn_address(peer)),
            asn=lab.lab.provider_of(node).asn,
            family=lab.lab.family,
        ),
        (Query(node, BGP_PEERS),),
        after=(
            *kernel.forwarding_ids(lab, lab.path(node, peer)),
            lsp_id(lab, node, peer),
            lsp_id(lab, peer, node),
            *between_ids(lab, node, peer),
        ),
        why="The PEs exchange customer routes, RTs and VPN labels over this session only (RFC 4364 4.3).",
        hint=hint_command(lab.lab, node, f"show bgp neighbors {lab.lab.vpn_address(peer)}"),
    )


def _asbr_session(lab: EffectiveLab, node: str, over: Interconnect) -> Check:
    own, far = over.seen_from(node)
    other = lab.lab.provider_of(far.node)
    return Check(
        session_id(node, far.node),
        f"VPNv4 session with {far.node} of {other.name}",
        partial(judge_session, node=node, peer=str(far.address.ip), asn=other.asn),
        (Query(node, BGP_PEERS),),
        after=link.sound_ids(lab, lab.lab.interface(own.end), lab.lab.interface(far.end)),
        why="Over it the two providers exchange VPNv4 routes with their route targets and labels: both must "
        "agree on addresses and AS numbers (RFC 4364 10 b).",
        hint=hint_command(lab.lab, node, f"show bgp neighbors {far.address.ip}"),
    )


def _reflection(lab: EffectiveLab, reflector: str, pe: str) -> Check:
    return Check(
        reflection_id(reflector, pe),
        f"reflects to {pe} the {lab.lab.family.vpn} routes of all others",
        partial(
            judge_reflection,
            reflector=reflector,
            pe=pe,
            next_hop=bgp_next_hop(lab.lab, pe),
            peer=lab.lab.vpn_address(reflector),
            family=lab.lab.family,
        ),
        (Query(reflector, vpn_table(lab.lab.family)), Query(pe, BGP_PEERS)),
        after=(session_id(reflector, pe), session_id(pe, reflector)),
        why="A client hears of other PEs' routes from its reflectors alone (RFC 4456). Of two, one that "
        "reflects nothing is missed only when the other is lost.",
        hint=hint_command(
            lab.lab,
            reflector,
            f"show bgp {lab.lab.family} vpn neighbors {lab.lab.vpn_address(pe)} advertised-routes",
        ),
    )


def _no_other_session(lab: EffectiveLab, node: str) -> Check:
    # A peer that is out of reach is still configured.
    seen = (lab.lab,) if lab.lab.ipv6 is None else (lab.lab, lab.lab.ipv6)
    inside = (
        f"{one.vpn_address(peer.name)} ({one.family} vpn)"
        for one in seen
        if carries(one, node)
        for peer in one.vpnv4_peers(node)
    )
    across = (f"{one.seen_from(node)[1].address.ip} (ipv4 vpn)" for one in vpnv4_across(lab.lab, node))
    past = (f"{lab.lab.vpn_address(one)} (ipv4 vpn)" for one in vpnv4_partners(lab.lab, node))
    carrying = (
        *(lab.lab.loopback(peer.name) for peer in labelled_peers(lab.lab, node)),
        *(one.seen_from(node)[1].address.ip for one in labelled_across(lab.lab, node)),
    )
    allowed = (*inside, *across, *past, *(f"{one} (ipv4 labeled unicast)" for one in carrying))
    command = BGP_PEERS_IF_ANY if lab.lab.node(node).role is Role.P else BGP_PEERS
    return Check(
        CheckId(Layer.MPBGP, "no-other-session", node),
        "no other BGP session in the global instance",
        partial(judge_no_other_session, node=node, command=command, allowed=allowed),
        (Query(node, command),),
        why="The core is free of BGP: a P forwards labels and needs no customer route; plain IPv4 BGP would "
        "put routes into the global table.",
        hint=hint_command(lab.lab, node, BGP_PEERS.text),
    )


def judge_reflection(  # noqa: PLR0913 -- both nodes, by their names and by their addresses
    facts: Facts,
    *,
    reflector: str,
    pe: str,
    next_hop: IpAddress,
    peer: IPv4Address,
    family: Family = Family.IPV4,
) -> Judgement:
    """A PE has as many VPNv4 prefixes of a reflector as that uses paths of other PEs for.

    A reflector sends nobody what it got from him: bgpd looks at the originator (FRR 8.4 to 10.7).
    """
    used = {
        (one.rd, one.prefix)
        for one in facts.of(reflector, vpn_table(family))
        if one.best and one.nexthop != next_hop
    }
    has = sum(
        one.prefixes_received or 0
        for one in global_peers(facts, pe)
        if one.peer == peer and (one.afi, one.safi) == (family.afi, "vpn")
    )
    return equal(
        f"{len(used)} {family.vpn} routes of {reflector} at {pe}",
        f"{has} {family.vpn} routes of {reflector} at {pe}",
    )


def judge_policy(facts: Facts, *, vrf: Vrf, family: Family = Family.IPV4) -> Judgement:
    """RD, imported and exported route targets of a VRF are what the intent says, none is missing or added."""
    # The running configuration does not show that bgpd is gone; this does.
    facts.of(vrf.pe, BGP_PEERS)
    imports, exports = tuple(map(str, vrf.imports)), tuple(map(str, vrf.exports))
    wanted = VrfPolicy(vrf.name, str(vrf.rd), imports, exports, bool(imports), bool(exports), family.afi)
    seen = [
        _policy_text(one)
        for one in facts.of(vrf.pe, BGP_CONFIGURATION).policies
        if (one.vrf, one.afi) == (vrf.name, family.afi)
    ]
    return equal(_policy_text(wanted), listed(seen, f"no BGP in VRF {vrf.name}"))


def _policy_text(policy: VrfPolicy) -> str:
    imports = listed(sorted(set(policy.imports)), "nothing") if policy.importing else "nothing"
    exports = listed(sorted(set(policy.exports)), "nothing") if policy.exporting else "nothing"
    return f"RD {policy.rd or 'none'}, imports {imports}, exports {exports}"


def judge_no_other_session(
    facts: Facts, *, node: str, command: Command[tuple[BgpPeer, ...]], allowed: tuple[str, ...]
) -> Judgement:
    """No neighbour but the VPNv4 peers, and those in no other address family."""
    seen = [f"{one.peer} ({one.afi} {one.safi})" for one in global_peers(facts, node, command)]
    return nothing_else(allowed, seen, "BGP sessions")
