"""MP-BGP: the VPNv4 sessions between the provider's PEs and route reflectors, and what is reflected."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from orchestrator.core.labels.ids import lsp_id
from orchestrator.model.topology import Role
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, hint_command, listed, nothing_else
from orchestrator.verification.layers import kernel
from parsers import DEFAULT_VRF
from parsers.bgp import BGP_PEERS, BGP_PEERS_IF_ANY, VPN_ROUTES
from parsers.bgp_configuration import BGP_CONFIGURATION, VrfPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.model.lab import Vrf
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command
    from parsers.bgp import BgpPeer


@cache
def session_id(node: str, peer: str) -> CheckId:
    """The check of the VPNv4 session of `node` with `peer`."""
    return CheckId(Layer.MPBGP, "session", node, (Toward(peer),))


@cache
def reflection_id(reflector: str, pe: str) -> CheckId:
    """The check that a route reflector passes on to a PE what it has."""
    return CheckId(Layer.MPBGP, "reflects", reflector, (Toward(pe),))


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
    for node in lab.provider_nodes:
        peers = lab.vpnv4_peers(node.name)
        for peer in peers:
            yield _session(lab, node.name, peer)
            if node.role is Role.RR and lab.lab.node(peer).role is Role.PE:
                yield _reflection(lab, node.name, peer)
        yield _no_other_session(lab, node.name)
    for vrf in lab.vrfs:
        yield _policy(lab, vrf)


def _policy(lab: EffectiveLab, vrf: Vrf) -> Check:
    return Check(
        policy_id(vrf),
        f"VRF {vrf.name} has the RD and the route targets that the intent gives it",
        partial(judge_policy, vrf=vrf),
        (Query(vrf.pe, BGP_PEERS), Query(vrf.pe, BGP_CONFIGURATION)),
        after=(kernel.vrf_id(vrf),),
        why="The RD keeps its routes apart from another VRF's; the route targets alone decide which VRFs get "
        "them, and whose this one takes (RFC 4364 4.3.1).",
        hint=hint_command(lab.lab, vrf.pe, BGP_CONFIGURATION.text),
    )


def _session(lab: EffectiveLab, node: str, peer: str) -> Check:
    return Check(
        session_id(node, peer),
        f"VPNv4 session with {peer}",
        partial(
            judge_session,
            node=node,
            peer=str(lab.lab.loopback(peer)),
            asn=lab.lab.provider_of(node).asn,
        ),
        (Query(node, BGP_PEERS),),
        after=(
            *kernel.forwarding_ids(lab, lab.path(node, peer)),
            lsp_id(lab, node, peer),
            lsp_id(lab, peer, node),
        ),
        why="The PEs exchange customer routes, RTs and VPN labels over this session only (RFC 4364 4.3).",
        hint=hint_command(lab.lab, node, f"show bgp neighbors {lab.lab.loopback(peer)}"),
    )


def _reflection(lab: EffectiveLab, reflector: str, pe: str) -> Check:
    return Check(
        reflection_id(reflector, pe),
        f"reflects to {pe} the VPNv4 routes of all others",
        partial(
            judge_reflection,
            reflector=reflector,
            pe=pe,
            address=lab.lab.loopback(pe),
            peer=lab.lab.loopback(reflector),
        ),
        (Query(reflector, VPN_ROUTES), Query(pe, BGP_PEERS)),
        after=(session_id(reflector, pe), session_id(pe, reflector)),
        why="A client hears of other PEs' routes from its reflectors alone (RFC 4456). Of two, one that "
        "reflects nothing is missed only when the other is lost.",
        hint=hint_command(
            lab.lab, reflector, f"show bgp ipv4 vpn neighbors {lab.lab.loopback(pe)} advertised-routes"
        ),
    )


def _no_other_session(lab: EffectiveLab, node: str) -> Check:
    # A peer that is out of reach is still configured.
    allowed = tuple(f"{lab.lab.loopback(peer.name)} (ipv4 vpn)" for peer in lab.lab.vpnv4_peers(node))
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


def _global_peers(
    facts: Facts, node: str, command: Command[tuple[BgpPeer, ...]] = BGP_PEERS
) -> list[BgpPeer]:
    return [one for one in facts.of(node, command) if one.vrf == DEFAULT_VRF]


def session_text(peer: BgpPeer) -> str:
    """A session in a few words: AS number and state."""
    return f"AS {peer.remote_as} {peer.state}{f' ({peer.reason})' if peer.reason else ''}"


def judge_session(facts: Facts, *, node: str, peer: str, asn: int) -> Judgement:
    """The VPNv4 family is established with this peer, in the provider's AS."""
    seen = [
        session_text(one)
        for one in _global_peers(facts, node)
        if str(one.peer) == peer and (one.afi, one.safi) == ("ipv4", "vpn")
    ]
    return equal(f"AS {asn} Established", listed(seen, f"no VPNv4 session with {peer}"))


def judge_reflection(
    facts: Facts, *, reflector: str, pe: str, address: IPv4Address, peer: IPv4Address
) -> Judgement:
    """A PE has as many VPNv4 prefixes of a reflector as that uses paths of other PEs for.

    A reflector sends nobody what it got from him: bgpd looks at the originator (FRR 8.4 to 10.7).
    """
    used = {
        (one.rd, one.prefix) for one in facts.of(reflector, VPN_ROUTES) if one.best and one.nexthop != address
    }
    has = sum(
        one.prefixes_received or 0
        for one in _global_peers(facts, pe)
        if one.peer == peer and (one.afi, one.safi) == ("ipv4", "vpn")
    )
    return equal(
        f"{len(used)} VPNv4 routes of {reflector} at {pe}", f"{has} VPNv4 routes of {reflector} at {pe}"
    )


def judge_policy(facts: Facts, *, vrf: Vrf) -> Judgement:
    """RD, imported and exported route targets of a VRF are what the intent says, none is missing or added."""
    # The running configuration does not show that bgpd is gone; this does.
    facts.of(vrf.pe, BGP_PEERS)
    imports, exports = tuple(map(str, vrf.imports)), tuple(map(str, vrf.exports))
    wanted = VrfPolicy(vrf.name, str(vrf.rd), imports, exports, bool(imports), bool(exports))
    seen = [_policy_text(one) for one in facts.of(vrf.pe, BGP_CONFIGURATION).policies if one.vrf == vrf.name]
    return equal(_policy_text(wanted), listed(seen, f"no BGP in VRF {vrf.name}"))


def _policy_text(policy: VrfPolicy) -> str:
    imports = listed(sorted(set(policy.imports)), "nothing") if policy.importing else "nothing"
    exports = listed(sorted(set(policy.exports)), "nothing") if policy.exporting else "nothing"
    return f"RD {policy.rd or 'none'}, imports {imports}, exports {exports}"


def judge_no_other_session(
    facts: Facts, *, node: str, command: Command[tuple[BgpPeer, ...]], allowed: tuple[str, ...]
) -> Judgement:
    """No neighbour but the VPNv4 peers, and those in no other address family."""
    seen = [f"{one.peer} ({one.afi} {one.safi})" for one in _global_peers(facts, node, command)]
    return nothing_else(allowed, seen, "BGP sessions")
