"""Runtime `netns` on several machines: each makes a part of the lab, and links between parts are tunnels.

A machine is a kernel of the guest, or one that is reached by ssh; all that is known of it here is how to run
commands there, under which address the others reach it, and which addresses its nodes may have.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from orchestrator.hosts.members import at_once
from orchestrator.runtimes.base import RunningLab, Wire
from orchestrator.runtimes.netns import NetnsRuntime
from orchestrator.runtimes.partition import partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from ipaddress import IPv4Address

    from orchestrator.hosts.base import Progress
    from orchestrator.hosts.members import Member
    from orchestrator.model.topology import Endpoint, Link, Topology
    from orchestrator.runtimes.base import Deployment, NodeKeys
    from orchestrator.runtimes.netns_plan import Observed


class SpreadRuntime:
    """Network namespaces on several hosts, which are there together."""

    name = "netns"

    def __init__(self, members: Sequence[Member], access: NodeKeys) -> None:
        self._members = members
        self._runtimes = [NetnsRuntime(one.host, access, one.management) for one in members]

    def labs(self) -> tuple[RunningLab, ...]:
        """All labs of which any host has a record."""
        found: dict[str, RunningLab] = {}
        for labs in at_once(NetnsRuntime.labs, self._runtimes):
            for lab in labs:
                before = found.get(lab.name)
                found[lab.name] = _merged(before, lab) if before else lab
        return tuple(found[name] for name in sorted(found))

    def deploy(self, wanted: Deployment, progress: Progress) -> RunningLab:
        """See `Runtime.deploy`: the parts are made side by side."""
        observed = at_once(NetnsRuntime.observe, self._runtimes)
        home = homes(wanted, observed)
        wires = wires_of(wanted.topology, home, observed, [one.address for one in self._members])
        parts = [part_of(wanted, home, number, wires) for number in range(len(self._members))]
        used = [
            (runtime, part)
            for runtime, part, there in zip(self._runtimes, parts, observed, strict=True)
            if part.topology.nodes or wanted.topology.name in there.records
        ]
        if len(used) > 1:
            progress(
                f"{len(wanted.topology.nodes)} nodes in {len(used)} kernels, {len(wires) // 2} links between"
            )
        made = at_once(lambda one: one[0].deploy(one[1], _silent), used)
        whole = made[0]
        for lab in made[1:]:
            whole = _merged(whole, lab)
        order = [node.name for node in wanted.topology.nodes]
        return replace(whole, nodes=tuple(sorted(whole.nodes, key=lambda node: order.index(node.name))))

    def bootstrap(
        self,
        lab: RunningLab,
        daemons: Mapping[str, tuple[str, ...]],  # noqa: ARG002 -- the protocol's
    ) -> RunningLab:
        """See `NetnsRuntime.bootstrap`."""
        return lab

    def destroy(self, lab: str) -> bool:
        """See `Runtime.destroy`."""
        return any(at_once(lambda one: one.destroy(lab), self._runtimes))


def homes(wanted: Deployment, observed: Sequence[Observed]) -> dict[str, int]:
    """On which member each node is to be: where it is, else where its label wants it, in so many parts.

    A new lab goes to the members with the fewest nodes.
    """
    lab = wanted.topology.name
    names = {node.name for node in wanted.topology.nodes}
    there = {
        name: number
        for number, one in enumerate(observed)
        if lab in one.records
        for name in one.records[lab].nodes
        if name in names
    }
    load = [sum(len(record.nodes) for record in one.records.values()) for one in observed]
    by_load = sorted(range(len(observed)), key=load.__getitem__)
    chosen = sorted(dict.fromkeys((*there.values(), *by_load)), key=lambda one: one not in there.values())
    chosen = chosen[: max(wanted.guests, len(set(there.values())))]
    pinned = {node.name: (node.part - 1) % len(chosen) for node in wanted.topology.nodes if node.part}
    fixed = pinned | {name: chosen.index(number) for name, number in there.items()}
    return {name: chosen[part] for name, part in partition(wanted.topology, len(chosen), fixed).items()}


def wires_of(
    topology: Topology,
    home: Mapping[str, int],
    observed: Sequence[Observed],
    addresses: Sequence[IPv4Address],
) -> list[tuple[int, Wire]]:
    """Both ends of each link between members, and on which member each is; a wire keeps its number."""
    crossing = [link for link in topology.links if home[link.a.node] != home[link.b.node]]
    numbers = _numbers(topology.name, crossing, observed)
    found = []
    for link in crossing:
        for end in link:
            here, there = home[end.node], home[link.far_end(end.node).node]
            wire = Wire(end, link.mtu, numbers[link], addresses[here], addresses[there])
            found.append((here, wire))
    return found


def _numbers(lab: str, crossing: Iterable[Link], observed: Sequence[Observed]) -> dict[Link, int]:
    made: dict[tuple[str, str], int] = {}
    taken = set()
    for record in (record for one in observed for record in one.records.values()):
        taken |= {wire.number for wire in record.wires}
        if record.lab == lab:
            made |= {(wire.node, wire.interface): wire.number for wire in record.wires}
    free = (number for number in count(1) if number not in taken)

    def of(end: Endpoint) -> int | None:
        return made.get((end.node, end.interface))

    return {
        link: number if (number := of(link.a)) is not None and number == of(link.b) else next(free)
        for link in crossing
    }


def part_of(
    wanted: Deployment, home: Mapping[str, int], member: int, wires: Iterable[tuple[int, Wire]]
) -> Deployment:
    """What one member is asked to make."""
    whole = wanted.topology
    topology = replace(
        whole,
        nodes=tuple(node for node in whole.nodes if home[node.name] == member),
        links=tuple(link for link in whole.links if home[link.a.node] == member == home[link.b.node]),
    )
    return replace(wanted, topology=topology, wires=tuple(wire for number, wire in wires if number == member))


def _merged(one: RunningLab, other: RunningLab) -> RunningLab:
    return replace(one, nodes=one.nodes + other.nodes)


def _silent(_: str) -> None:
    """No news of a part."""
