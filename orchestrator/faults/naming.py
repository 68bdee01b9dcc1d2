"""What a fault is about in a lab: how people name its links, nodes and LANs, and what can happen to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from orchestrator.faults.fault import NoSuchTarget, parse_fault
from orchestrator.faults.injections import (
    SPEAKER,
    CeMisconfigured,
    ConfigurationChanged,
    DaemonKilled,
    LinkCut,
    LinkImpaired,
    NodeLost,
    PrefixWithdrawn,
    SpeakerKilled,
)
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.mistakes import nearest
from orchestrator.model.topology import Endpoint, Link, Node, Role
from orchestrator.protocols.registry import protocol_of, speaker_configuration
from orchestrator.render.daemons import daemons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.faults.fault import Fault
    from orchestrator.faults.injections import Configured, Injection
    from orchestrator.model.lab import Interface, Lab
    from orchestrator.model.pece_intent import AtCe


Target: TypeAlias = "Node | Link | Interface"


def link_name(lab: Lab, link: Link) -> str:
    """`pe1-p1`; where the two nodes have several links, with the interfaces."""
    pair = {link.a.node, link.b.node}
    alone = sum({one.a.node, one.b.node} == pair for one in lab.links) == 1
    return f"{link.a.node}-{link.b.node}" if alone else f"{link.a}-{link.b}"


def target_name(lab: Lab, target: Target) -> str:
    """The `target` of the faults that happen to it."""
    match target:
        case Link():
            return f"link {link_name(lab, target)}"
        case Node():
            return f"node {target.name}"
        case lan:
            return f"LAN {lan.node}:{lan.name}"


def names(lab: Lab) -> tuple[str, ...]:
    """What can be named in a lab: links, nodes and LANs, each by its shortest name."""
    return (
        *(link_name(lab, link) for link in lab.links),
        *(node.name for node in lab.nodes),
        *(f"{one.node}:{one.name}" for one in _lans(lab)),
    )


def _lans(lab: Lab) -> list[Interface]:
    """The LANs with nothing in them; one with a host is a link."""
    return [one for one in lab.interfaces if one.kind is InterfaceKind.LAN and one.far is None]


def read_target(lab: Lab, name: str) -> Target:
    """What is named: a node, a link by its nodes or by one of its ends, or a LAN interface of a CE.

    Raises:
        NoSuchTarget: nothing, or several links.
    """
    known = _targets(lab)
    found = known.get(name, ())
    if len(found) == 1:
        return found[0]
    if found:
        ends = ", ".join(str(link.a) for link in found if isinstance(link, Link))
        raise NoSuchTarget(f"'{name}' names {len(found)} links", f"say which by an end: {ends}")
    what = f"lab '{lab.name}' has no link, node or LAN '{name}'"
    raise NoSuchTarget(what, nearest(name, names(lab), known))


def _targets(lab: Lab) -> Mapping[str, tuple[Target, ...]]:
    found: dict[str, tuple[Target, ...]] = {}
    for link in lab.links:
        for a, b in ((link.a, link.b), (link.b, link.a)):
            for name in (f"{a.node}-{b.node}", f"{a}-{b}", str(a)):
                found[name] = (*found.get(name, ()), link)
    lans = _lans(lab)
    # A node's name may look like a link's: the node is meant then, the link has its ends.
    return (
        found | {f"{one.node}:{one.name}": (one,) for one in lans} | {one.name: (one,) for one in lab.nodes}
    )


def read_fault(lab: Lab, words: str) -> Injection:
    """The fault that the words of a scenario mean in a lab: `pe1-p1 silent`, `pe2`, `pe2 bgpd`.

    Raises:
        NoSuchTarget: they name nothing of the lab, or something that cannot happen there.
    """
    return inject(lab, parse_fault(words))


def inject(lab: Lab, fault: Fault) -> Injection:
    """A fault of what its target names in a lab.

    Raises:
        NoSuchTarget: that is nothing of the lab, or something to which it cannot happen.
    """
    if fault.lines or fault.at_ce is not None:
        return _configuration(lab, fault)
    match read_target(lab, fault.target):
        case Link() as link:
            return _of_link(lab, link, fault)
        case Node() as node:
            return _of_node(lab, node, fault)
        case lan:
            if fault.how:
                raise NoSuchTarget(f"'{fault.how}' cannot happen to a LAN", "it goes down: say its name only")
            return PrefixWithdrawn(Endpoint(lan.node, lan.name), lan.prefix)


def _of_link(lab: Lab, link: Link, fault: Fault) -> Injection:
    if fault.daemon:
        known = "known: silent, loss 20%, delay 50ms"
        raise NoSuchTarget(f"'{fault.how}' cannot happen to a link", known)
    name = link_name(lab, link)
    return LinkImpaired(link, name, fault.loss, fault.delay) if fault.how else LinkCut(link, name)


def _of_node(lab: Lab, node: Node, fault: Fault) -> Injection:
    if not fault.how:
        links = [end for link in lab.links for end in link if end.node == node.name]
        lans = [Endpoint(node.name, one.name) for one in _lans(lab) if one.node == node.name]
        return NodeLost(node.name, (*links, *lans))
    speaker = (SPEAKER,) if speaker_configuration(lab, node.name) else ()
    running = (*daemons(lab)[node.name], *speaker)
    if fault.daemon not in running:
        right = nearest(fault.how, running)
        raise NoSuchTarget(f"'{fault.how}' is no daemon of {node.name}", right)
    return SpeakerKilled(node.name) if fault.daemon == SPEAKER else DaemonKilled(node.name, fault.daemon)


def _configuration(lab: Lab, fault: Fault) -> Configured:
    known = [one.name for one in lab.nodes]
    if fault.target not in known:
        what = f"lab '{lab.name}' has no node '{fault.target}'"
        raise NoSuchTarget(what, nearest(fault.target, known))
    if fault.at_ce is None:
        return ConfigurationChanged(fault.target, fault.lines)
    schema = at_ce_of(lab, fault.target)
    try:
        return CeMisconfigured(fault.target, schema.model_validate(fault.at_ce))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(map(str, first["loc"]))
        raise NoSuchTarget(f"{fault.target}: {at}: {first['ctx']['what']}", first["ctx"]["right"]) from None


def at_ce_of(lab: Lab, ce: str) -> type[AtCe]:
    """The parameters that a CE can be misconfigured in: those of its PE-CE protocol.

    Raises:
        NoSuchTarget: it is no CE.
    """
    if lab.node(ce).role is not Role.CE:
        raise NoSuchTarget(f"{ce} is not a CE; only CEs can be misconfigured", "give it lines to type")
    return protocol_of(lab.attachments_of(ce)[0][1]).at_ce
