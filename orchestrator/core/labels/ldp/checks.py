"""LDP: sessions, and the label switched path between each two of the provider's edges, hop by hop."""

from __future__ import annotations

from functools import cache, partial
from ipaddress import IPv4Network
from itertools import pairwise
from typing import TYPE_CHECKING

from orchestrator.core.igp.ids import loopback_id
from orchestrator.core.igp.registry import igp_of
from orchestrator.core.labels.ids import carried_by, label_speakers, sync_id, synchronised
from orchestrator.core.labels.ldp.authentication import authentication_checks
from orchestrator.core.labels.ldp.bindings import objection
from orchestrator.core.labels.ldp.standby import standby_check
from orchestrator.core.labels.paths import Labels, lfib_check
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.label_protocols import LDP
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.wording import equal, exactly, hint_command, listed, nothing_else
from orchestrator.verification.layers import link
from parsers.ldp import LDP_BINDINGS, LDP_INTERFACES, LDP_NEIGHBORS, LDP_SYNC
from parsers.values import EXPLICIT_NULL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address

    from orchestrator.core.igp.descriptor import Igp
    from orchestrator.model.lab import Interface
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts


@cache
def neighbor_id(node: str, other: str) -> CheckId:
    """The check of the LDP session of `node` with `other`."""
    return CheckId(Layer.LDP, "neighbor", node, (Toward(other),))


def interfaces_id(node: str) -> CheckId:
    """The check of the interfaces that LDP runs on."""
    return CheckId(Layer.LDP, "interfaces", node)


def null_id(node: str) -> CheckId:
    """The check of what LDP advertises for a node's own loopback."""
    return CheckId(Layer.LDP, "null", node)


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Sessions and LFIBs of the provider's nodes, and the LSPs between its edges.

    Where packets have segment routing's labels the LSPs are that layer's; LDP's labels are there too.
    """
    nodes, carried = label_speakers(lab, LDP), carried_by(lab, LDP)
    for node in nodes:
        yield _interfaces(lab, node)
    for node in nodes:
        for other in _neighbors(lab, node):
            yield from authentication_checks(lab, node, other)
    for node in nodes:
        yield from _at(lab, node, carries=node in carried)
    for node in nodes:
        if lab.lab.provider_of(node).ldp_sync:
            for own, far in lab.core_links_of(node):
                yield _sync(lab, own, far)
    yield from (_standby(lab, node) for node in nodes if node not in carried)
    labels = Labels(
        carried,
        objection,
        (LDP_BINDINGS,),
        partial(_below, lab),
        partial(synchronised, lab),
        "configured, or because the link still waits for LDP",
    )
    yield from labels.lsp_checks(lab)


def _at(lab: EffectiveLab, node: str, *, carries: bool) -> Iterator[Check]:
    """What a node has of LDP; of its LFIB where packets have LDP's labels."""
    neighbors = _neighbors(lab, node)
    for other in neighbors:
        yield _neighbor(lab, node, other)
    yield _no_other_neighbor(lab, node, neighbors)
    if carries:
        yield lfib_check(lab, node)
    yield from _null(lab, node)


def _standby(lab: EffectiveLab, node: str) -> Check:
    around = _neighbors(lab, node)
    return standby_check(lab, node, tuple(one for other in around for one in _sessions((node, other))))


def _neighbors(lab: EffectiveLab, node: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(far.node for _, far in lab.core_links_of(node)))


def _sessions(path: tuple[str, ...]) -> tuple[CheckId, ...]:
    """The sessions, as both ends see them, over which the labels of a path are exchanged."""
    return tuple(neighbor_id(*pair) for one, other in pairwise(path) for pair in ((one, other), (other, one)))


def _below(lab: EffectiveLab, path: tuple[str, ...]) -> tuple[CheckId, ...]:
    """The sessions of a path, and what its egress asks for, where that is checked."""
    if not lab.lab.provider_of(path[-1]).explicit_null:
        return _sessions(path)
    return (*_sessions(path), null_id(path[-1]))


def _null(lab: EffectiveLab, node: str) -> Iterator[Check]:
    if lab.lab.provider_of(node).explicit_null and lab.core_links_of(node):
        loopback = IPv4Network(lab.lab.loopback(node))
        yield Check(
            null_id(node),
            f"advertises explicit null for {loopback}",
            partial(judge_null, node=node, loopback=loopback),
            (Query(node, LDP_BINDINGS),),
            after=(interfaces_id(node),),
            why="With implicit null its neighbours pop the transport label (RFC 5036 3.4.3), and the class "
            "of service and the TTL that it has go with it; with explicit null they send label 0 instead.",
            hint=hint_command(lab.lab, node, LDP_BINDINGS.text),
        )


def _interfaces(lab: EffectiveLab, node: str) -> Check:
    core = lab.lab.interfaces_of(node, InterfaceKind.CORE)
    names = tuple(one.name for one in core if lab.carries(one))
    down = frozenset(one.name for one in core if not lab.carries(one))
    return Check(
        interfaces_id(node),
        "LDP runs on exactly the core interfaces",
        partial(judge_interfaces, node=node, names=names, down=down),
        (Query(node, LDP_INTERFACES),),
        after=tuple(
            dict.fromkeys(
                one for own, far in lab.core_links_of(node) for one in link.sound_ids(lab, own, far)
            )
        ),
        why="A core interface without LDP is a hole in every LSP over it; LDP towards a customer would let "
        "it speak labels with the core.",
        hint=hint_command(lab.lab, node, LDP_INTERFACES.text),
    )


def _neighbor(lab: EffectiveLab, node: str, other: str) -> Check:
    return Check(
        neighbor_id(node, other),
        f"LDP session with {other}",
        partial(judge_neighbor, node=node, lsr_id=lab.lab.loopback(other)),
        (Query(node, LDP_NEIGHBORS),),
        after=(
            interfaces_id(node),
            interfaces_id(other),
            loopback_id(node, other),
            loopback_id(other, node),
            *(one.id for pair in ((node, other), (other, node)) for one in authentication_checks(lab, *pair)),
        ),
        why="The session runs over TCP between the loopbacks (RFC 5036 2.5); without it the two nodes "
        "exchange no labels and every LSP over this hop is cut.",
        hint=hint_command(lab.lab, node, "show mpls ldp neighbor detail"),
    )


def _no_other_neighbor(lab: EffectiveLab, node: str, neighbors: tuple[str, ...]) -> Check:
    allowed = tuple(lab.lab.loopback(other) for other in neighbors)
    return Check(
        CheckId(Layer.LDP, "no-other-neighbor", node),
        "no other LDP neighbour",
        partial(judge_no_other_neighbor, node=node, allowed=allowed),
        (Query(node, LDP_NEIGHBORS),),
        why="An unexpected LDP neighbour can attract the core's traffic.",
        hint=hint_command(lab.lab, node, LDP_NEIGHBORS.text),
    )


def _sync(lab: EffectiveLab, own: Interface, far: Interface) -> Check:
    node, igp = own.node, igp_of(lab.lab, own.node)
    return Check(
        sync_id(own),
        f"LDP-IGP synchronisation on {own.name} towards {far.node}",
        partial(judge_sync, own=own, lsr_id=lab.lab.loopback(far.node), igp=igp),
        (Query(node, LDP_SYNC), Query(node, igp.ldp_sync)),
        after=(neighbor_id(node, far.node), neighbor_id(far.node, node)),
        why=f"{igp.title} keeps a link at the highest cost until LDP has labels for it (RFC 5443); without "
        "that, a link that comes back attracts VPN packets before it has labels for them.",
        hint=hint_command(lab.lab, node, igp.ldp_sync.text),
    )


def judge_interfaces(
    facts: Facts, *, node: str, names: tuple[str, ...], down: frozenset[str] = frozenset()
) -> Judgement:
    """LDP is active on these interfaces and configured on none else, but for core links that are down."""
    seen = [
        one.name if one.state == "ACTIVE" else f"{one.name} {one.state}"
        for one in facts.of(node, LDP_INTERFACES)
        if one.name not in down
    ]
    return exactly(names, seen, nothing="no interface")


def judge_neighbor(facts: Facts, *, node: str, lsr_id: IPv4Address) -> Judgement:
    """The session is operational, between the loopbacks."""
    sessions = [one for one in facts.of(node, LDP_NEIGHBORS) if one.lsr_id == lsr_id]
    seen = [f"{one.lsr_id} at {one.remote_address} {one.state}" for one in sessions]
    return equal(f"{lsr_id} at {lsr_id} OPERATIONAL", listed(seen, "no session"))


def judge_sync(facts: Facts, *, own: Interface, lsr_id: IPv4Address, igp: Igp) -> Judgement:
    """Ldpd says that the neighbour's labels are there, and the IGP knows of it."""
    from_ldpd = [
        f"labels of {one.peer or 'nobody'} {'' if one.complete else 'not '}complete"
        for one in facts.of(own.node, LDP_SYNC)
        if one.interface == own.name
    ]
    from_igp = [
        f"{igp.title} uses the link" if one.achieved else f"{igp.title} still waits"
        for one in facts.of(own.node, igp.ldp_sync)
        if one.interface == own.name and one.enabled
    ]
    return equal(
        f"labels of {lsr_id} complete, {igp.title} uses the link",
        f"{listed(from_ldpd, 'LDP does not run there')}, "
        f"{listed(from_igp, f'{igp.title} does not wait for LDP')}",
    )


def judge_no_other_neighbor(facts: Facts, *, node: str, allowed: tuple[IPv4Address, ...]) -> Judgement:
    """No LDP session but with the core's neighbours."""
    return nothing_else(allowed, (one.lsr_id for one in facts.of(node, LDP_NEIGHBORS)), "LDP neighbours")


def judge_null(facts: Facts, *, node: str, loopback: IPv4Network) -> Judgement:
    """Its own binding for its loopback is label 0, towards all neighbours."""
    bound = {one.local_label for one in facts.of(node, LDP_BINDINGS) if one.prefix == loopback}
    return equal(str(EXPLICIT_NULL), listed(bound, "no label"))
