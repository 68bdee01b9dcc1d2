"""Option C below the VPNs: labelled routes to PEs and reflectors, hop by hop, and VPNv4 over them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Network
from itertools import pairwise
from typing import TYPE_CHECKING

from orchestrator.core.labels.ids import lsp_id
from orchestrator.core.mpbgp.sessions import judge_session, labelled_session_id, session_id
from orchestrator.model.interconnect import labelled_across
from orchestrator.model.labelled_unicast import (
    labelled_ends,
    labelled_peers,
    option_c_of,
    other_provider,
    vpnv4_partners,
)
from orchestrator.routing.crossing import Crossing
from orchestrator.routing.labelled import labelled_way, reaches_asbr, session_stands
from orchestrator.routing.routes import BGP
from orchestrator.verification.forwarding.walk import Aim, Fate, walk, walk_queries
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.tables import MAIN_TABLE, in_kernel, on_the_wire, selected, stack, via
from orchestrator.verification.kit.wording import hint_command, listed
from orchestrator.verification.layers import kernel, link
from parsers import DEFAULT_VRF
from parsers.bgp import BGP_PEERS
from parsers.kernel import KERNEL_LFIB, KERNEL_ROUTES
from parsers.values import IMPLICIT_NULL
from parsers.zebra import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from ipaddress import IPv4Address

    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Provider
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from parsers.kernel import KernelHop, KernelMplsRoute
    from parsers.values import Label

_SAFI = "labeled unicast"


@cache
def labelled_id(reader: str, end: str) -> CheckId:
    """The check that a node has the labelled route to a PE or reflector."""
    return CheckId(Layer.MPBGP, "labelled", reader, (Toward(end),))


@cache
def labelled_path_id(reader: str, end: str) -> CheckId:
    """The check of the label stack on each link from a node to one of the other provider."""
    return CheckId(Layer.MPBGP, "labelled-path", reader, (Toward(end),))


def between_ids(lab: EffectiveLab, a: str, b: str) -> tuple[CheckId, ...]:
    """The labelled routes of two nodes of a provider to each other; none without option C."""
    if option_c_of(lab.lab, lab.lab.provider_of(a)) is None:
        return ()
    return (labelled_id(a, b), labelled_id(b, a))


def crossings(lab: EffectiveLab) -> Iterator[Crossing]:
    """Each direction of each interconnect with option C that carries."""
    for one in lab.lab.interconnects:
        if labelled_across(lab.lab, one.a.node) and lab.interconnect_forwards(one):
            yield from (Crossing(one, far, near) for far, near in one.ends)


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Sessions, routes and label stacks; nothing without option C."""
    yield from _sessions(lab)
    for provider in lab.lab.providers:
        yield from _inside(lab, provider)
    for over in crossings(lab):
        yield from _across(lab, over)
    for over in crossings(lab):
        yield from _multihop(lab, over)


def _sessions(lab: EffectiveLab) -> Iterator[Check]:
    for node in (one.name for one in lab.provider_nodes):
        for peer in (one.name for one in labelled_peers(lab.lab, node) if lab.connected(node, one.name)):
            yield Check(
                labelled_session_id(node, peer),
                f"session with {peer} that carries labelled routes",
                partial(
                    judge_session,
                    node=node,
                    peer=str(lab.lab.loopback(peer)),
                    asn=lab.lab.provider_of(node).asn,
                    safi=_SAFI,
                ),
                (Query(node, BGP_PEERS),),
                after=(
                    *kernel.forwarding_ids(lab, lab.path(node, peer)),
                    lsp_id(lab, node, peer),
                    lsp_id(lab, peer, node),
                ),
                why="Over it come labelled routes to the second loopbacks, where VPNv4 sessions and routes "
                "lead: without it a PE knows no other PE's (RFC 8277).",
                hint=hint_command(lab.lab, node, f"show bgp neighbors {lab.lab.loopback(peer)}"),
            )
        for one in labelled_across(lab.lab, node):
            if lab.interconnect_forwards(one):
                yield _asbr_session(lab, node, one)


def _asbr_session(lab: EffectiveLab, node: str, over: Interconnect) -> Check:
    own, far = over.seen_from(node)
    other = lab.lab.provider_of(far.node)
    return Check(
        labelled_session_id(node, far.node),
        f"session with {far.node} of {other.name} that carries labelled routes",
        partial(judge_session, node=node, peer=str(far.address.ip), asn=other.asn, safi=_SAFI),
        (Query(node, BGP_PEERS),),
        after=link.sound_ids(lab, lab.lab.interface(own.end), lab.lab.interface(far.end)),
        why="Over it the two providers exchange labelled routes to their PEs and reflectors, and no VPN "
        "route: both must agree on addresses and AS numbers (RFC 4364 10 c).",
        hint=hint_command(lab.lab, node, f"show bgp neighbors {far.address.ip}"),
    )


@dataclass(frozen=True, slots=True)
class _Hop:
    """Where a node has a labelled route from.

    Attributes:
        next_hop: as BGP says it.
        sender: the node that gave the label and takes the packet.
        sessions: the nodes by which the route comes, the sender first.
    """

    next_hop: IPv4Address
    sender: str
    sessions: tuple[str, ...]


def _inside(lab: EffectiveLab, provider: Provider) -> Iterator[Check]:
    """Of each second loopback in its own provider: its label is implicit null, its next hop the first."""
    for end in labelled_ends(lab.lab, provider):
        for reader in provider.nodes:
            way = labelled_way(lab, end, reader) if labelled_peers(lab.lab, reader) else ()
            if len(way) > 1:
                yield _labelled(
                    lab, reader, end, _Hop(lab.lab.loopback(end), end, way), (lsp_id(lab, reader, end),)
                )


def _across(lab: EffectiveLab, over: Crossing) -> Iterator[Check]:
    """Of each second loopback in the other provider: at its ASBR, and from there inside."""
    far, near = over.far, over.near
    home, here = lab.lab.provider_of(far.node), lab.lab.provider_of(near.node)
    for end in labelled_ends(lab.lab, home):
        if not reaches_asbr(lab, end, far.node):
            continue
        from_far = _Hop(far.address.ip, far.node, (far.node, near.node))
        yield _labelled(lab, near.node, end, from_far, (labelled_id(far.node, end),))
        for reader in here.nodes:
            way = labelled_way(lab, near.node, reader) if labelled_peers(lab.lab, reader) else ()
            if len(way) > 1:
                from_near = _Hop(lab.lab.loopback(near.node), near.node, way)
                below = (labelled_id(near.node, end), lsp_id(lab, reader, near.node))
                yield _labelled(lab, reader, end, from_near, below)
        for reader in labelled_ends(lab.lab, here):
            if reaches_asbr(lab, reader, near.node):
                yield _path(lab, over, reader, end)


def _labelled(lab: EffectiveLab, reader: str, end: str, hop: _Hop, below: tuple[CheckId, ...]) -> Check:
    swaps = hop.sender != end
    return Check(
        labelled_id(reader, end),
        f"labelled route to {end} from {hop.sender}"
        + (f", with a label that {hop.sender} swaps" if swaps else ""),
        partial(
            judge_labelled,
            node=reader,
            address=lab.lab.vpn_address(end),
            next_hop=hop.next_hop,
            sender=hop.sender if swaps else "",
        ),
        (
            Query(reader, ROUTES),
            Query(reader, KERNEL_ROUTES),
            Query(hop.sender, KERNEL_ROUTES),
            Query(hop.sender, KERNEL_LFIB),
        ),
        after=(
            *below,
            *(labelled_session_id(*pair) for a, b in pairwise(hop.sessions) for pair in ((a, b), (b, a))),
        ),
        why=(
            f"{hop.sender} names itself as the next hop, so its kernel must swap the label for what leads "
            "on: for a PE behind a core that takes `mpls fec nexthop-resolution`."
            if swaps
            else "A node's own label for its second loopback is implicit null: LDP's label to the first one "
            "leads there, and nothing more is needed."
        ),
        hint=hint_command(lab.lab, hop.sender, "show mpls table")
        if swaps
        else hint_command(lab.lab, reader, f"show bgp ipv4 labeled-unicast {lab.lab.vpn_address(end)}/32"),
    )


def _path(lab: EffectiveLab, over: Crossing, reader: str, end: str) -> Check:
    here, there = lab.path(reader, over.near.node), lab.path(over.far.node, end)
    members = {one for node in (reader, end) for one in lab.lab.provider_of(node).nodes}
    depths = (*[2] * (len(here) - 2), 1, 1, *[1] * (len(there) - 2), 0)
    return Check(
        labelled_path_id(reader, end),
        f"label stack on each link to {end}, {over.near.node} and {over.far.node} between",
        partial(judge_path, lab=lab, reader=reader, end=end, depths=depths),
        tuple(query for query in walk_queries(lab.lab) if query.node in members),
        after=(
            labelled_id(reader, end),
            lsp_id(lab, reader, over.near.node),
            lsp_id(lab, over.far.node, end),
        ),
        why="To its own ASBR a packet has a transport label and the ASBR's; between the ASBRs one; in the "
        "other core that one's transport label. The VPN's is below them all the way (RFC 4364 10 c).",
        hint=hint_command(lab.lab, reader, f"show ip route {lab.lab.vpn_address(end)}"),
    )


def _multihop(lab: EffectiveLab, over: Crossing) -> Iterator[Check]:
    here = lab.lab.provider_of(over.near.node)
    other = other_provider(lab.lab, here)
    assert other is not None  # noqa: S101 -- at the far end of the link
    for node in labelled_ends(lab.lab, here):
        for partner in vpnv4_partners(lab.lab, node):
            if session_stands(lab, over, partner, node):
                yield Check(
                    session_id(node, partner),
                    f"multihop VPNv4 session with {partner} of {other.name}",
                    partial(judge_session, node=node, peer=str(lab.lab.vpn_address(partner)), asn=other.asn),
                    (Query(node, BGP_PEERS),),
                    after=(labelled_path_id(node, partner), labelled_path_id(partner, node)),
                    why="The VPNs' routes cross over it, past the ASBRs, with the route targets, labels and "
                    "next hops of the PEs that export them (RFC 4364 10 c).",
                    hint=hint_command(lab.lab, node, f"show bgp neighbors {lab.lab.vpn_address(partner)}"),
                )


def judge_labelled(
    facts: Facts, *, node: str, address: IPv4Address, next_hop: IPv4Address, sender: str
) -> Judgement:
    """BGP's route has the next hop, a label that is swapped there for what leads on, and is in the kernel.

    Args:
        facts: what the nodes said.
        node: that has the route.
        address: where it leads.
        next_hop: who gave the label, by BGP.
        sender: the node that it is; "" where the label is implicit null, as of the end itself.
    """
    fec = IPv4Network(address)
    route = selected(facts, node, DEFAULT_VRF, fec)
    onward = _stacks(_kernel_hops(facts, sender, fec)) if sender else ()
    wanted = (
        f"a label that {sender} swaps for {listed(onward, 'nothing')}" if sender else f"label {IMPLICIT_NULL}"
    )
    expected = f"bgp next hop {next_hop}, {wanted}, pushed by the kernel"
    if route is None:
        return Judgement(holds=False, expected=expected, observed=f"no route to {address}")
    labels = [hop.labels[0] for hop in route.hops if hop.gateway == next_hop and hop.labels]
    if route.protocol != BGP or not labels:
        return Judgement(holds=False, expected=expected, observed=via(route))
    swapped = _stacks(_swaps(facts, sender, labels[0])) if sender else ()
    pushed = {(hop.gateway, on_the_wire(hop.labels)) for hop in route.hops if hop.fib}
    installed = {(hop.gateway, hop.labels) for hop in _kernel_hops(facts, node, fec)}
    text = f"bgp next hop {next_hop}, label {labels[0]}" + (
        f", which {sender} swaps for {listed(swapped, 'nothing')}" if sender else ""
    )
    if installed != pushed:
        text += f"; zebra pushes {listed(_stacks_of(pushed), 'nothing')}, the kernel " + listed(
            _stacks_of(installed), "nothing"
        )
    good = bool(onward) and swapped == onward if sender else labels[0] == IMPLICIT_NULL
    return Judgement(good and bool(pushed) and installed == pushed, expected, text)


def judge_path(
    facts: Facts, *, lab: EffectiveLab, reader: str, end: str, depths: tuple[int, ...]
) -> Judgement:
    """However equal costs split it, a packet gets to the end's second loopback, by stacks of these depths."""
    address = lab.lab.vpn_address(end)
    runs = list(walk(lab.lab, facts, (reader, ""), Aim(address, end)).runs())
    expected = f"{' '.join(map(str, depths))} labels, then at {end}"
    seen: dict[str, bool] = {}
    for steps, last in runs:
        found = tuple(len(branch.labels) for _, branch in steps if branch.port is not None)
        way = " > ".join(f"{one} {stack(branch.labels)}" for one, branch in steps)
        right = last.fate is Fate.DELIVERED and found == depths
        seen[way if last.fate is Fate.DELIVERED else f"{way}: {last.fate.value}, {last.why}"] = right
    return Judgement(bool(seen) and all(seen.values()), expected, listed(seen, "nothing"))


def _kernel_hops(facts: Facts, node: str, fec: IPv4Network) -> tuple[KernelHop, ...]:
    route = in_kernel(facts, node, MAIN_TABLE, fec)
    return () if route is None else route.hops


def _swaps(facts: Facts, node: str, label: Label) -> tuple[KernelHop, ...]:
    entries = facts.about(node, KERNEL_LFIB, _in_label, label)
    return tuple(hop for one in entries for hop in one.hops)


def _in_label(entry: KernelMplsRoute) -> Label:
    return entry.in_label


def _stacks(hops: Sequence[KernelHop]) -> tuple[str, ...]:
    return _stacks_of({(hop.gateway, hop.labels) for hop in hops})


def _stacks_of(ways: AbstractSet[tuple[object, tuple[Label, ...]]]) -> tuple[str, ...]:
    return tuple(sorted(f"{stack(labels)} via {gateway}" for gateway, labels in ways))
