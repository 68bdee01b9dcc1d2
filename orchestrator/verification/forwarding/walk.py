"""Following a packet from node to node by what the kernels have: `ip route`, `ip -M route`, devices.

Each equal-cost next hop is a branch of its own. A VRF's table has the last word on a packet in that VRF (the
rules of the provider's nodes see to that); outside VRFs `local` is asked before `main`. The provider's links
carry labelled packets only where MPLS input is on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from orchestrator.model.mpls_ports import LOOPBACK, label_switching_ports
from orchestrator.model.topology import Endpoint
from orchestrator.verification.kit.facts import Query
from orchestrator.verification.kit.settings import forwarding_settings, sysctl_key
from orchestrator.verification.kit.tables import MAIN_TABLE, stack
from parsers.kernel import DEVICES, KERNEL_LFIB, KERNEL_ROUTES
from parsers.values import EXPLICIT_NULL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Interface, Lab
    from orchestrator.verification.kit.facts import Facts
    from parsers import Command
    from parsers.kernel import DeviceFact, KernelHop, KernelMplsRoute, KernelRoute, Sysctl
    from parsers.values import Address, Label

_LOCAL_TABLE = 255
_T = TypeVar("_T")


class Fate(StrEnum):
    """What becomes of a packet in the end."""

    DELIVERED = "delivered"
    ASTRAY = "astray"  # delivered to somebody else who has the address
    DROPPED = "dropped"
    LOOPS = "loops"


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a packet is to get to: the node that has its address, or the node's VRF if one is named.

    Attributes:
        as_good: nodes and VRFs that have the prefix from the same site, where one of several equal ways may
            lead as well, or CEs of other sites that have it, too.
    """

    address: IpAddress
    node: str
    vrf: str = ""
    as_good: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class End:
    """Where a branch ends, and why there."""

    fate: Fate
    why: str


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the things that a node does with a packet: equal-cost next hops are taken all.

    Attributes:
        does: the lookup and what came of it, in words.
        looked_up: the tables' entries that said so, in the order of their use.
        port: the interface by which the packet leaves; None where it ends.
        labels: the stack on that link, outermost first.
        then: the node at the far end, or the end.
    """

    does: str
    looked_up: tuple[KernelRoute | KernelMplsRoute, ...]
    port: Interface | None
    labels: tuple[Label, ...]
    then: Visit | End


@dataclass(frozen=True, slots=True)
class Visit:
    """A node that a packet comes to; at least one branch leads on."""

    node: str
    branches: tuple[Branch, ...]

    def runs(self) -> Iterator[tuple[tuple[tuple[str, Branch], ...], End]]:
        """Each way through the branches: the nodes with what they do, and how it ends."""
        for branch in self.branches:
            here = (self.node, branch)
            if isinstance(branch.then, End):
                yield (here,), branch.then
                continue
            for steps, end in branch.then.runs():
                yield (here, *steps), end


def walk_queries(lab: Lab) -> tuple[Query, ...]:
    """What `walk` may read: nobody knows before where a packet goes."""
    return tuple(
        Query(node.name, command)
        for node in lab.nodes
        for command in (
            KERNEL_ROUTES,
            DEVICES,
            *((KERNEL_LFIB, _label_input(lab, node.name)) if node.role.in_provider else ()),
        )
    )


def walk(lab: Lab, facts: Facts, start: tuple[str, str], aim: Aim) -> Visit:
    """Follow a packet.

    Args:
        lab: knows which interface is cabled to which; nothing else of it is used.
        facts: answers to `walk_queries`.
        start: node and VRF (`""` outside VRFs) where the packet is first looked up.
        aim: where it is to get to.

    Raises:
        CouldNotLook: a node on the way did not answer.
    """
    return _Walk(lab, facts, aim).by_address(start[0], start[1], _Past())


def _label_input(lab: Lab, node: str) -> Command[tuple[Sysctl, ...]]:
    return forwarding_settings(label_switching_ports(lab, node))


@dataclass(frozen=True, slots=True)
class _Past:
    """What a packet has been through: on its way, and at the node where it is now."""

    states: tuple[tuple[str, str, tuple[Label, ...]], ...] = ()
    said: tuple[str, ...] = ()
    looked_up: tuple[KernelRoute | KernelMplsRoute, ...] = ()

    def at(self, node: str, table: str, labels: tuple[Label, ...]) -> _Past:
        return _Past((*self.states, (node, table, labels)), self.said, self.looked_up)

    def found(self, said: str, entry: KernelRoute | KernelMplsRoute) -> _Past:
        return _Past(self.states, (*self.said, said), (*self.looked_up, entry))

    def saying(self, said: str) -> _Past:
        return _Past(self.states, (*self.said, said), self.looked_up)

    def elsewhere(self) -> _Past:
        return _Past(self.states)


@dataclass(frozen=True, slots=True)
class _Walk:
    lab: Lab
    facts: Facts
    aim: Aim

    @property
    def destination(self) -> IpAddress:
        return self.aim.address

    def by_address(self, node: str, vrf: str, past: _Past) -> Visit:
        """The packet has no label (any more): the table of the VRF, or `local` and `main`, decides."""
        if self.aim.vrf and (node, vrf) in {(self.aim.node, self.aim.vrf), *self.aim.as_good}:
            return self._end(node, past, Fate.DELIVERED, f"it is in VRF {vrf} of {node}")
        if (node, vrf, ()) in past.states:
            return self._end(node, past, Fate.LOOPS, f"it has been at {node} before")
        where = f"VRF {vrf}: " if vrf else ""
        route = self._route(node, vrf)
        if route is None:
            return self._end(node, past, Fate.DROPPED, f"{where}no route to {self.destination}")
        past = past.at(node, vrf, ())
        if route.kind == "local":
            past = past.found(f"{where}{self.destination} is its own", route)
            there = node == self.aim.node or (node, "") in self.aim.as_good
            fate = Fate.DELIVERED if there and not self.aim.vrf else Fate.ASTRAY
            return self._end(node, past, fate, f"{self.destination} is an address of {node}")
        if route.kind != "unicast":
            return self._end(node, past, Fate.DROPPED, f"{where}{route.prefix} is {route.kind}")
        return _joined(
            node,
            [self._routed(node, hop, past.found(f"{where}{route.prefix}", route)) for hop in route.hops],
        )

    def _routed(self, node: str, hop: KernelHop, past: _Past) -> Visit:
        if hop.gateway is None and not hop.labels and self._is_vrf(node, hop.device):
            return self.by_address(node, str(hop.device), past)
        push = f"push {stack(hop.labels)}" if hop.labels else ""
        return self._leave(node, hop, hop.labels, push, past)

    def by_label(self, node: str, labels: tuple[Label, ...], past: _Past) -> Visit:
        """The topmost label decides; where it is popped and a device is all that is said, the VRF's table."""
        top, inner = labels[0], labels[1:]
        if (node, "mpls", labels) in past.states:
            return self._end(node, past, Fate.LOOPS, f"label {top} has been at {node} before")
        if top == EXPLICIT_NULL:
            return self._behind_null(node, inner, past.at(node, "mpls", labels))
        entry = _first(self.facts.about(node, KERNEL_LFIB, _in_label, top))
        if entry is None:
            return self._end(node, past, Fate.DROPPED, f"the kernel of {node} has no label {top}")
        past = past.at(node, "mpls", labels)
        return _joined(node, [self._switched(node, top, inner, hop, entry, past) for hop in entry.hops])

    def _behind_null(self, node: str, inner: tuple[Label, ...], past: _Past) -> Visit:
        """Label 0 is the kernel's own, and in no table that it shows: what is behind it comes in by `lo`."""
        if not inner:
            return self.by_address(node, "", past.saying("pop 0"))
        if not self._takes_labels(Endpoint(node, LOOPBACK)):
            why = f"{LOOPBACK} of {node} takes no labelled packets, and {stack(inner)} is left behind label 0"
            return self._end(node, past, Fate.DROPPED, why)
        return self.by_label(node, inner, past.saying("pop 0"))

    def _switched(  # noqa: PLR0913, PLR0917 -- a hop, and all that it is a hop of
        self,
        node: str,
        top: Label,
        inner: tuple[Label, ...],
        hop: KernelHop,
        entry: KernelMplsRoute,
        past: _Past,
    ) -> Visit:
        if hop.gateway is not None:
            verb = f"swap {top} to {stack(hop.labels)}" if hop.labels else f"pop {top}"
            return self._leave(node, hop, (*hop.labels, *inner), "", past.found(verb, entry))
        if inner or not self._is_vrf(node, hop.device):
            why = f"pop {top} leads to {hop.device}" + (f" with {stack(inner)} left" if inner else "")
            return self._end(node, past.found(f"pop {top}", entry), Fate.DROPPED, why)
        return self.by_address(node, str(hop.device), past.found(f"pop {top}", entry))

    def _leave(self, node: str, hop: KernelHop, labels: tuple[Label, ...], verb: str, past: _Past) -> Visit:
        """Over the link, if there is one, and the far end has the next hop's address."""
        target = hop.gateway or self.destination
        words = (*past.said, f"via {hop.gateway}" if hop.gateway else "directly", *((verb,) if verb else ()))
        does = _sentence(words)
        port = self._port(node, hop.device)
        trouble = self._trouble(node, hop, port, target)
        if trouble or port is None or port.far is None:
            end = End(Fate.DROPPED, trouble or f"{hop.device} is no link of the lab")
            return Visit(node, (Branch(does, past.looked_up, port, labels, end),))
        then = self._arrive(port.far, labels, past.elsewhere())
        return Visit(node, (Branch(does, past.looked_up, port, labels, then),))

    def _trouble(self, node: str, hop: KernelHop, port: Interface | None, target: Address) -> str:
        """Why a packet does not get over the link; nothing if it does."""
        device = self._device(node, hop.device)
        if device is None or not (device.up and device.lower_up):
            return f"{hop.device} of {node} is down"
        if port is None or port.far is None:
            return f"nobody on {hop.device} of {node} has {target}"
        far = self._device(port.far.node, port.far.interface)
        if far is None or not (far.up and far.lower_up):
            return f"{port.far} is down"
        if not any(one.ip == target for one in far.addresses):
            return f"{port.far} does not have {target}: nobody answers for it"
        return ""

    def _arrive(self, end: Endpoint, labels: tuple[Label, ...], past: _Past) -> Visit:
        if not labels:
            device = self._device(end.node, end.interface)
            vrf = device.master if device and self._is_vrf(end.node, device.master) else ""
            return self.by_address(end.node, vrf or "", past)
        if not self._takes_labels(end):
            return self._end(end.node, past, Fate.DROPPED, f"{end} takes no labelled packets")
        return self.by_label(end.node, labels, past)

    def _takes_labels(self, end: Endpoint) -> bool:
        if not self.lab.node(end.node).role.in_provider:
            return False
        key = sysctl_key("net.mpls.conf", end.interface, "input")
        settings = self.facts.of(end.node, _label_input(self.lab, end.node))
        return any(one.key == key and one.value == "1" for one in settings)

    @staticmethod
    def _end(node: str, past: _Past, fate: Fate, why: str) -> Visit:
        return Visit(node, (Branch(_sentence(past.said), past.looked_up, None, (), End(fate, why)),))

    def _route(self, node: str, vrf: str) -> KernelRoute | None:
        """The longest match, of several the one with the smallest metric; `local` first outside VRFs."""
        for table in self._tables(node, vrf):
            matching = [
                one
                for one in self.facts.about(node, KERNEL_ROUTES, _table, table)
                if self.destination in one.prefix and one.kind not in {"broadcast", "multicast"}
            ]
            if matching:
                return max(matching, key=lambda one: (one.prefix.prefixlen, -(one.metric or 0)))
        return None

    def _tables(self, node: str, vrf: str) -> Sequence[int]:
        if not vrf:
            return (_LOCAL_TABLE, MAIN_TABLE)
        device = self._device(node, vrf)
        return () if device is None or device.vrf_table is None else (device.vrf_table,)

    def _device(self, node: str, name: str | None) -> DeviceFact | None:
        return _first(self.facts.about(node, DEVICES, _name, name))

    def _is_vrf(self, node: str, name: str | None) -> bool:
        device = self._device(node, name)
        return device is not None and device.kind == "vrf"

    def _port(self, node: str, device: str | None) -> Interface | None:
        return next((one for one in self.lab.interfaces_of(node) if one.name == device), None)


def _in_label(entry: KernelMplsRoute) -> Label:
    return entry.in_label


def _table(route: KernelRoute) -> int:
    return route.table


def _name(device: DeviceFact) -> str | None:
    return device.name


def _first(found: Sequence[_T]) -> _T | None:
    return found[0] if found else None


def _joined(node: str, visits: Sequence[Visit]) -> Visit:
    return Visit(node, tuple(branch for visit in visits for branch in visit.branches))


def _sentence(said: Sequence[str]) -> str:
    """`VRF red: 172.16.2.0/24 via 10.0.0.1, push 18/81`."""
    text = ""
    for words in said:
        joint = "" if not text else " " if words.startswith(("via ", "directly")) else ", "
        text += joint + words
    return text
