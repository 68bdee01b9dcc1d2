"""How people name what happens: `pe1-p1`, `pe1:eth1`, `pe2`, `ce1:lan1`, and after it what happens there.

One language for the command line, for scenarios and for what is remembered between two commands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.errors import L3vpnError
from orchestrator.faults.vocabulary import (
    SPEAKER,
    DaemonKilled,
    LinkCut,
    LinkImpaired,
    NodeLost,
    PrefixWithdrawn,
    SpeakerKilled,
)
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.mistakes import nearest
from orchestrator.model.topology import Endpoint, Link, Node
from orchestrator.protocols.registry import speaker_configuration
from orchestrator.render.daemons import daemons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.faults.vocabulary import Fault
    from orchestrator.model.lab import Interface, Lab

_PERCENT: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)%?")
_MILLISECONDS: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s)?")


class NoSuchTarget(L3vpnError):  # noqa: N818 -- says what happened
    """The words name nothing of the lab, or something that cannot happen there.

    Attributes:
        right: what would be right.
    """

    def __init__(self, what: str, right: str) -> None:
        super().__init__(f"{what}; {right}")
        self.what = what
        self.right = right


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
        *(f"{one.node}:{one.name}" for one in lab.interfaces if one.kind is InterfaceKind.LAN),
    )


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
    lans = [one for one in lab.interfaces if one.kind is InterfaceKind.LAN]
    # A node's name may look like a link's: the node is meant then, the link has its ends.
    return (
        found | {f"{one.node}:{one.name}": (one,) for one in lans} | {one.name: (one,) for one in lab.nodes}
    )


def read_fault(lab: Lab, words: str) -> Fault:
    """A fault of its words: `pe1-p1`, `pe1-p1 silent`, `pe1-p1 loss 20% delay 50ms`, `pe2`, `pe2 bgpd`.

    Raises:
        NoSuchTarget: they name nothing of the lab, or something that cannot happen there.
    """
    name, *how = words.split() or [""]
    match read_target(lab, name):
        case Link() as link:
            return _of_link(lab, link, how)
        case Node() as node:
            return _of_node(lab, node, how)
        case lan:
            if how:
                raise NoSuchTarget(
                    f"'{' '.join(how)}' cannot happen to a LAN", "it goes down: say its name only"
                )
            return PrefixWithdrawn(Endpoint(lan.node, lan.name), lan.address.network)


def _of_link(lab: Lab, link: Link, how: Sequence[str]) -> Fault:
    name = link_name(lab, link)
    if not how:
        return LinkCut(link, name)
    loss = delay = 0.0
    words = list(how)
    while words:
        kind, *words = words
        if kind == "silent":
            loss = 100.0
        elif kind in {"loss", "delay"} and words:
            value, *words = words
            loss, delay = (percent(value), delay) if kind == "loss" else (loss, milliseconds(value))
        else:
            raise NoSuchTarget(
                f"'{' '.join(how)}' cannot happen to a link", "known: silent, loss 20%, delay 50ms"
            )
    return LinkImpaired(link, name, loss, delay)


def _of_node(lab: Lab, node: Node, how: Sequence[str]) -> Fault:
    if not how:
        links = [end for link in lab.links for end in link if end.node == node.name]
        lans = [Endpoint(node.name, one.name) for one in lab.interfaces_of(node.name, InterfaceKind.LAN)]
        return NodeLost(node.name, (*links, *lans))
    speaker = (SPEAKER,) if speaker_configuration(lab, node.name) else ()
    running = (*daemons(lab)[node.name], *speaker)
    if len(how) > 1 or how[0] not in running:
        right = nearest(how[0], running)
        raise NoSuchTarget(f"'{' '.join(how)}' is no daemon of {node.name}", right)
    return SpeakerKilled(node.name) if how[0] == SPEAKER else DaemonKilled(node.name, how[0])


def percent(text: str) -> float:
    """A share of packets: `20%`, `0.5`.

    Raises:
        NoSuchTarget: it is none.
    """
    found = _PERCENT.fullmatch(text)
    if found is None or not 0 < float(found["number"]) <= 100:  # noqa: PLR2004 -- percent
        raise NoSuchTarget(
            f"'{text}' is no share of packets", "write it like 20%, more than 0 and at most 100"
        )
    return float(found["number"])


def milliseconds(text: str) -> float:
    """A time: `50ms`, `0.2s`, `50`.

    Raises:
        NoSuchTarget: it is none.
    """
    found = _MILLISECONDS.fullmatch(text)
    value = 0.0 if found is None else float(found["number"]) * (1000 if found["unit"] == "s" else 1)
    if not 0 < value <= 60_000:  # noqa: PLR2004 -- a minute
        raise NoSuchTarget(f"'{text}' is no delay", "write it like 50ms, more than 0 and at most 60s")
    return value
