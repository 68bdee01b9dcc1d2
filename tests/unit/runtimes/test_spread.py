"""A lab over several machines, decided as values: who makes what, and both ends of what crosses."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, cast

import pytest

from orchestrator.hosts.base import Completed, PortUnreachable
from orchestrator.hosts.members import Member
from orchestrator.runtimes.base import NameTaken, NodeState
from orchestrator.runtimes.netns_plan import Observed, Plan, Record, deploy_script, destroy_script, plan
from orchestrator.runtimes.spread import SpreadRuntime, homes, part_of, running, wires_of
from tests.unit.runtimes.test_netns_plan import SEED, deployment

if TYPE_CHECKING:
    from orchestrator.hosts.base import Host
    from orchestrator.runtimes.base import Deployment

ADDRESSES = [IPv4Address("198.19.255.2"), IPv4Address("198.19.255.6")]
HALVES = list(IPv4Network("198.18.0.0/16").subnets(1))
CHAIN = ("a:eth1-b:eth1", "b:eth2-c:eth1", "c:eth2-d:eth1")


def spread(*links: str, name: str = "x") -> Deployment:
    return replace(deployment(*links, name=name), guests=2)


def deployed(wanted: Deployment, observed: list[Observed]) -> list[Plan]:
    """What each of two machines does."""
    home = homes(wanted, observed)
    wires = wires_of(wanted.topology, home, observed, ADDRESSES)
    return [
        plan(part_of(wanted, home, number, wires), there, HALVES[number])
        for number, there in enumerate(observed)
    ]


def up(plans: list[Plan], *dead: str) -> list[Observed]:
    """Both machines after their plans were carried out and some nodes died."""
    return [
        Observed(
            {todo.record.lab: todo.record},
            {(todo.record.lab, name): 1 for name in todo.record.nodes if name not in dead},
        )
        for todo in plans
    ]


def test_each_machine_makes_its_half_and_both_make_the_wire() -> None:
    one, other = deployed(spread(*CHAIN), [Observed(), Observed()])
    assert (one.start, other.start) == (("a", "b"), ("c", "d"))
    assert [len(todo.lay) for todo in (one, other)] == [1, 1]
    (near,), (far,) = one.plug, other.plug
    assert (near.node, near.interface, far.node, far.interface) == ("b", "eth2", "c", "eth1")
    assert (near.near, near.far) == (far.far, far.near) == ("198.19.255.2", "198.19.255.6")
    assert near.number == far.number
    assert one.record.management == IPv4Network("198.18.1.0/24")
    assert other.record.management == IPv4Network("198.18.128.0/24")


def test_a_lab_that_runs_as_wanted_is_left_alone_and_nodes_stay_where_they_are() -> None:
    there = up(deployed(spread(*CHAIN), [Observed(), Observed()]))
    assert all(todo.empty for todo in deployed(spread(*CHAIN), there))
    one, other = deployed(spread(*CHAIN, "a:eth2-e:eth1", "e:eth2-f:eth1"), there)
    assert not one.remove
    assert not other.remove
    assert not one.unplug


def test_a_dead_node_is_made_anew_with_its_end_of_the_wire_alone() -> None:
    there = up(deployed(spread(*CHAIN), [Observed(), Observed()]), "b")
    one, other = deployed(spread(*CHAIN), there)
    assert one.start == ("b",)
    assert one.unplug == one.plug == tuple(there[0].records["x"].wires)
    assert other.empty


def test_two_labs_have_wires_of_their_own() -> None:
    there = up(deployed(spread(*CHAIN), [Observed(), Observed()]))
    one, other = deployed(spread(*CHAIN, name="y"), there)
    assert {wire.number for wire in one.plug} == {wire.number for wire in other.plug} == {2}


def test_a_lab_of_one_part_goes_where_there_is_most_room() -> None:
    alone = replace(deployment(*CHAIN, name="y"), guests=1)
    assert homes(alone, [Observed(), Observed()]) == dict.fromkeys("abcd", 0)
    first = up(deployed(alone, [Observed(), Observed()]))
    assert homes(replace(deployment(*CHAIN), guests=1), first) == dict.fromkeys("abcd", 1)
    assert homes(alone, first) == dict.fromkeys("abcd", 0)


def test_a_label_says_where_a_node_is_to_be() -> None:
    wanted = spread(*CHAIN)
    nodes = tuple(replace(node, part=2 if node.name in "ab" else 1) for node in wanted.topology.nodes)
    pinned = replace(wanted, topology=replace(wanted.topology, nodes=nodes))
    assert homes(pinned, [Observed(), Observed()]) == {"a": 1, "b": 1, "c": 0, "d": 0}
    assert set(homes(replace(pinned, guests=1), [Observed(), Observed()]).values()) == {0}


def test_a_record_with_wires_survives_its_json_and_an_older_one_has_none() -> None:
    record = deployed(spread(*CHAIN), [Observed(), Observed()])[0].record
    assert Record.from_json(record.to_json()) == record
    assert record.wires
    assert not Record.from_json(record.to_json().replace('"wires"', '"unknown"')).wires


def test_what_is_plugged_in_is_unplugged() -> None:
    todo = deployed(spread(*CHAIN), [Observed(), Observed()])[0]
    made, removed = deploy_script(todo, None, SEED), destroy_script(todo.record)
    assert "link add name l3x1 mtu 9500 type vxlan id 1 local 198.19.255.2 remote 198.19.255.6" in made
    assert "link add name l3w1 mtu 9500 type veth peer name eth2 mtu 9500 netns x.b" in made
    assert "unplug_wire l3w1 l3x1" in removed


def test_a_node_that_moves_in_elsewhere_is_written_down_here() -> None:
    """Each machine knows all nodes of a lab: when another one does not answer, they are still known."""
    there = up(deployed(spread(*CHAIN), [Observed(), Observed()]))
    wanted = spread(*CHAIN, "d:eth2-e:eth1")
    nodes = tuple(replace(node, part=2) for node in wanted.topology.nodes)  # those that are there stay
    one, other = deployed(replace(wanted, topology=replace(wanted.topology, nodes=nodes)), there)
    assert (one.start, other.start) == ((), ("e",))
    assert ([name for name, _ in one.record.elsewhere], one.empty) == (["c", "d", "e"], False)
    assert Record.from_json(one.record.to_json()) == one.record


def test_of_a_machine_that_does_not_answer_the_others_know_the_nodes() -> None:
    first, _ = up(deployed(spread(*CHAIN), [Observed(), Observed()]))
    lab = running("x", [first], [PortUnreachable("ssh://b: no route")])
    assert [(node.name, node.state) for node in lab.nodes] == [
        ("a", NodeState.RUNNING),
        ("b", NodeState.RUNNING),
        ("c", NodeState.UNREACHABLE),
        ("d", NodeState.UNREACHABLE),
    ]
    assert lab.unreachable == ("ssh://b: no route",)


def test_of_a_machine_that_was_started_anew_the_nodes_have_died() -> None:
    first, _ = up(deployed(spread(*CHAIN), [Observed(), Observed()]))
    lab = running("x", [first, Observed()], [])
    assert {node.name for node in lab.nodes if node.state is NodeState.STOPPED} == {"c", "d"}
    assert lab.unreachable == ()


class Machine:
    """A host that says what it has, and notes what is done there; one with a reason does not answer."""

    orchestrator_address = None

    def __init__(self, name: str, has: Observed, reason: str = "") -> None:
        self.name = name
        self._has = has
        self._reason = reason
        self.asked: list[str] = []

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:  # noqa: ARG002
        if self._reason:
            raise PortUnreachable(f"{self.name}: {self._reason}")
        self.asked.append(stdin.decode())
        lines = [f"record {record.to_json()}" for record in self._has.records.values()]
        lines += [f"alive {lab} {node} {since}" for (lab, node), since in self._has.alive.items()]
        return Completed(0, "\n".join(lines).encode(), b"")


def together(*machines: Machine) -> SpreadRuntime:
    members = [
        Member(cast("Host", machine), address, half)
        for machine, address, half in zip(machines, ADDRESSES, HALVES, strict=True)
    ]
    return SpreadRuntime(members, SEED.access)


def test_what_one_machine_cannot_do_keeps_no_other_from_it() -> None:
    one, other = up(deployed(spread(*CHAIN), [Observed(), Observed()]))
    west, east = Machine("ssh://west", one), Machine("ssh://east", other, "no route")
    with pytest.raises(PortUnreachable, match=r"^ssh://east: no route$"):
        together(west, east).destroy("x")
    assert "remove_lab" in west.asked[-1]
    assert together(west, Machine("ssh://east", other)).destroy("x")


def test_with_no_machine_that_answers_there_is_nothing_to_be_said() -> None:
    with pytest.raises(PortUnreachable, match=r"^ssh://west: off$"):
        together(Machine("ssh://west", Observed(), "off"), Machine("ssh://east", Observed(), "off")).labs()


def test_a_lab_that_a_machine_has_by_itself_is_another_host_s() -> None:
    """Its addresses are among those that the other machine's nodes would have."""
    alone = up([plan(replace(deployment(*CHAIN), guests=1), Observed(), HALVES[0])])[0]
    runtime = together(Machine("ssh://west", Observed()), Machine("ssh://east", alone))
    assert runtime.labs() == ()
    with pytest.raises(NameTaken, match="lab 'x' is already up on ssh://east without the other machines"):
        runtime.deploy(spread(*CHAIN), lambda _: None)
    assert not runtime.destroy("x")


def test_a_name_that_is_taken_on_one_machine_is_seen_before_anything_is_made_on_another() -> None:
    _, other = up(deployed(replace(spread(*CHAIN), folder="/other"), [Observed(), Observed()]))
    west = Machine("ssh://west", Observed())
    with pytest.raises(NameTaken, match="lab 'x' is already up from /other"):
        together(west, Machine("ssh://east", other)).deploy(spread(*CHAIN), lambda _: None)
    assert not any("write_record" in one for one in west.asked)
