"""BGP sessions of a provider's own instance, whatever they carry: names of their checks, and their state."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.model.family import Family
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward
from orchestrator.verification.kit.wording import equal, listed
from parsers import DEFAULT_VRF
from parsers.bgp import BGP_PEERS

if TYPE_CHECKING:
    from orchestrator.verification.kit.check import Judgement
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command
    from parsers.bgp import BgpPeer


@cache
def session_id(node: str, peer: str) -> CheckId:
    """The check of the VPNv4 session of `node` with `peer`."""
    return CheckId(Layer.MPBGP, "session", node, (Toward(peer),))


@cache
def labelled_session_id(node: str, peer: str) -> CheckId:
    """The check of the session of `node` with `peer` that carries labelled unicast."""
    return CheckId(Layer.MPBGP, "labelled-session", node, (Toward(peer),))


def global_peers(facts: Facts, node: str, command: Command[tuple[BgpPeer, ...]] = BGP_PEERS) -> list[BgpPeer]:
    """The neighbours of the provider's own instance, once for each address family."""
    return [one for one in facts.of(node, command) if one.vrf == DEFAULT_VRF]


def session_text(peer: BgpPeer) -> str:
    """A session in a few words: AS number and state."""
    return f"AS {peer.remote_as} {peer.state}{f' ({peer.reason})' if peer.reason else ''}"


def judge_session(  # noqa: PLR0913 -- who with whom, and which family
    facts: Facts, *, node: str, peer: str, asn: int, family: Family = Family.IPV4, safi: str = "vpn"
) -> Judgement:
    """An address family, the VPN's or another, is established with this peer, in this AS."""
    seen = [
        session_text(one)
        for one in global_peers(facts, node)
        if str(one.peer) == peer and (one.afi, one.safi) == (family.afi, safi)
    ]
    what = family.vpn if safi == "vpn" else f"{family} {safi}"
    return equal(f"AS {asn} Established", listed(seen, f"no {what} session with {peer}"))
