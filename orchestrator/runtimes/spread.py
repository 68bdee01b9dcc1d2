"""Runtime `netns` on several machines: each makes a part of the lab, and links between parts are tunnels.

A machine is a kernel of the guest, or one that is reached by ssh; all that is known of it here is how to run
commands there, under which address the others reach it, and which addresses its nodes may have.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from itertools import count
from typing import TYPE_CHECKING

from orchestrator.hosts.base import CannotRunHere, HostError
from orchestrator.hosts.members import at_once
from orchestrator.runtimes import netns_plan, underlay
from orchestrator.runtimes.base import NameTaken, NodeState, RunningLab, RunningNode, Wire
from orchestrator.runtimes.netns import NetnsRuntime
from orchestrator.runtimes.netns_wires import WireRecord
from orchestrator.runtimes.partition import partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.hosts.base import Progress
    from orchestrator.hosts.members import Member
    from orchestrator.model.topology import Endpoint, Link, Topology
    from orchestrator.runtimes.base import Deployment, NodeKeys
    from orchestrator.runtimes.netns_plan import Observed


_NOWHERE = IPv4Address("240.0.0.0")
"""Of a node that is not there: reserved (RFC 1112), so nobody has it."""


class SpreadRuntime:
    """Network namespaces on several hosts, which are there together.

    Args:
        members: the hosts.
        access: for the nodes.
        strangers: whether it is to be seen first that they reach one another.
    """

    name = "netns"

    def __init__(self, members: Sequence[Member], access: NodeKeys, *, strangers: bool = False) -> None:
        self._members = members
        self._strangers = strangers
        self._runtimes = [NetnsRuntime(one.host, access, one.management) for one in members]

    def labs(self) -> tuple[RunningLab, ...]:
        """All labs of which any machine has a record, as far as machines answer.

        Raises:
            HostError: none does.
        """
        looks = at_once(_looked, self._runtimes)
        absent = [one for one in looks if isinstance(one, HostError)]
        there = [one for one in looks if not isinstance(one, HostError)]
        if not there:
            raise absent[0]
        names = {name for one in there for name in one.records}
        return tuple(running(name, there, absent) for name in sorted(names))

    def deploy(self, wanted: Deployment, progress: Progress) -> RunningLab:
        """See `Runtime.deploy`: the parts are made side by side."""
        observed = at_once(NetnsRuntime.observe, self._runtimes)
        self._must_be_ours(wanted, observed)
        home = homes(wanted, observed)
        wires = wires_of(wanted.topology, home, observed, [one.address for one in self._members])
        parts = [part_of(wanted, home, number, wires) for number in range(len(self._members))]
        used = [
            (runtime, part)
            for runtime, part, there in zip(self._runtimes, parts, observed, strict=True)
            if part.topology.nodes or wanted.topology.name in there.records
        ]
        if len(used) > 1:
            between = len(wires) // 2
            progress(
                f"{len(wanted.topology.nodes)} nodes in {len(used)} parts, "
                f"{between} link{'s' * (between != 1)} between"
            )
        laid = {wire for one in observed for record in one.records.values() for wire in record.wires}
        if self._strangers and any(
            WireRecord.of(wire, netns_plan.DEFAULT_MTU) not in laid for _, wire in wires
        ):
            progress("looking whether the machines reach one another")
            if lines := underlay.problems(self._members):
                raise CannotRunHere("; ".join(lines))
        made = at_once(lambda one: one[0].deploy(one[1], _silent), used)
        order = [node.name for node in wanted.topology.nodes]
        nodes = sorted((node for lab in made for node in lab.nodes), key=lambda node: order.index(node.name))
        return replace(made[0], nodes=tuple(nodes))

    def bootstrap(
        self,
        lab: RunningLab,
        daemons: Mapping[str, tuple[str, ...]],  # noqa: ARG002 -- the protocol's
    ) -> RunningLab:
        """See `NetnsRuntime.bootstrap`."""
        return lab

    def destroy(self, lab: str) -> bool:
        """See `Runtime.destroy`; what a machine cannot do keeps no other one from it.

        Raises:
            HostError: a machine does not answer, or does not do it; the others have.
        """

        def destroyed(runtime: NetnsRuntime) -> bool | HostError:
            try:
                return runtime.destroy(lab)
            except HostError as error:
                return error

        done = at_once(destroyed, self._runtimes)
        failed = [one for one in done if isinstance(one, HostError)]
        if failed:
            raise type(failed[0])("; ".join(map(str, failed)))
        return any(done)

    def _must_be_ours(self, wanted: Deployment, observed: Iterable[Observed]) -> None:
        """Refuse a name that is taken on one of the machines, before anything is made on the others.

        So it is by a lab that the machine has without the others: its addresses would lead elsewhere.
        """
        lab = wanted.topology.name
        for member, there in zip(self._members, observed, strict=True):
            record = there.records.get(lab)
            if record is None:
                continue
            netns_plan.must_be_from(wanted.folder, record)
            if not record.management.subnet_of(member.management):
                raise NameTaken(
                    f"lab '{lab}' is already up on {member.host.name} without the other machines; "
                    "take it down there first or give this one another name"
                )


def running(name: str, observed: Iterable[Observed], absent: Sequence[HostError]) -> RunningLab:
    """A lab, of what machines know of it.

    Args:
        name: of the lab; at least one of them has it.
        observed: what there is on those that answer.
        absent: why others do not.
    """
    having = [one for one in observed if name in one.records]
    parts = [one.running(name) for one in having]
    nodes = {node.name: node for part in parts for node in part.nodes}
    known = dict(entry for one in having for entry in one.records[name].elsewhere)
    # A machine that answers and has none of them has been started anew.
    state = NodeState.UNREACHABLE if absent else NodeState.STOPPED
    missing = {other: role for other, role in known.items() if other not in nodes}
    lost = (RunningNode(other, role, _NOWHERE, state) for other, role in missing.items())
    return replace(
        parts[0],
        nodes=(*nodes.values(), *lost),
        unreachable=tuple(map(str, absent)) if missing else (),
    )


def _looked(runtime: NetnsRuntime) -> Observed | HostError:
    try:
        return runtime.ours()
    except HostError as error:
        return error


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
    chosen = sorted(chosen[: max(wanted.guests, len(set(there.values())))])
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
    return replace(
        wanted,
        topology=topology,
        wires=tuple(wire for number, wire in wires if number == member),
        elsewhere=tuple((node.name, node.role) for node in whole.nodes if home[node.name] != member),
    )


def _silent(_: str) -> None:
    """No news of a part."""
