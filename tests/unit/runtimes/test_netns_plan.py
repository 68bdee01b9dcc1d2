from __future__ import annotations

import subprocess
from dataclasses import replace
from ipaddress import IPv4Network
from itertools import pairwise
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.topology import Endpoint, Link, Node, Role, Topology
from orchestrator.runtimes.base import DeployFailed, Deployment, NameTaken, NodeKeys, NodeState
from orchestrator.runtimes.netns_plan import (
    NodeTemplate,
    Observed,
    Plan,
    Record,
    deploy_script,
    destroy_script,
    missing_daemons,
    observe_daemons,
    plan,
)

SEED = NodeTemplate(
    NodeKeys("ssh-ed25519 AAAA", lambda lab, node: f"KEY {lab} {node}"),
    "true\n",
    PurePosixPath("/"),
    IPv4Network("198.19.255.1/32"),
)


def deployment(*links: str, folder: str = "/labs/x", name: str = "x") -> Deployment:
    """`pe1:eth1-p1:eth1` and so on; the nodes are those that the links name."""
    ends = [[Endpoint(*end.split(":")) for end in link.split("-")] for link in links]
    names = list(dict.fromkeys(end.node for pair in ends for end in pair))
    return Deployment(
        Topology(
            name,
            Path(folder) / f"{name}.clab.yml",
            tuple(Node(one, Role.P) for one in names),
            tuple(Link(a, b) for a, b in ends),
        ),
        folder,
        dict.fromkeys(names, ("zebra", "ospfd")),
        (),
    )


def up(done: Plan, *dead: str) -> Observed:
    """The host after a plan was carried out and some nodes died."""
    lab = done.record.lab
    return Observed(
        {lab: done.record}, {(lab, name): 1_700_000_000 for name in done.record.nodes if name not in dead}
    )


TRIANGLE = ("a:eth1-b:eth1", "b:eth2-c:eth1", "c:eth2-a:eth2")


def test_a_new_lab_makes_everything() -> None:
    todo = plan(deployment(*TRIANGLE), Observed())
    assert todo.fresh
    assert todo.start == ("a", "b", "c")
    assert len(todo.lay) == 3
    assert not todo.remove
    assert not todo.cut


def test_a_lab_that_runs_as_wanted_is_left_alone() -> None:
    done = plan(deployment(*TRIANGLE), Observed())
    assert plan(deployment(*TRIANGLE), up(done)).empty


def test_a_dead_node_is_made_anew_with_its_links_and_its_address() -> None:
    done = plan(deployment(*TRIANGLE), Observed())
    todo = plan(deployment(*TRIANGLE), up(done, "b"))
    assert todo.remove == todo.start == ("b",)
    assert {link.a[0] + link.b[0] for link in todo.cut} == {"ab", "bc"}
    assert set(todo.cut) == set(todo.lay)
    assert todo.record.address("b") == done.record.address("b")


def test_a_node_that_left_the_file_is_removed_and_its_index_may_be_used_again() -> None:
    done = plan(deployment(*TRIANGLE), Observed())
    todo = plan(deployment("a:eth1-b:eth1", "b:eth2-d:eth1"), up(done))
    assert todo.remove == ("c",)
    assert todo.start == ("d",)
    assert todo.record.nodes["d"].index == done.record.nodes["c"].index


def test_a_link_with_another_mtu_is_laid_anew_between_nodes_that_stay() -> None:
    wanted = deployment(*TRIANGLE)
    done = plan(wanted, Observed())
    links = wanted.topology.links
    changed = replace(
        wanted, topology=replace(wanted.topology, links=(replace(links[0], mtu=1500), *links[1:]))
    )
    todo = plan(changed, up(done))
    assert not todo.start
    assert [link.mtu for link in todo.cut] == [9500]
    assert [link.mtu for link in todo.lay] == [1500]


def test_a_name_belongs_to_one_folder() -> None:
    done = plan(deployment(*TRIANGLE), Observed())
    with pytest.raises(NameTaken, match="lab 'x' is already up from /labs/x; take it down first"):
        plan(deployment(*TRIANGLE, folder="/elsewhere/x"), up(done))


def test_two_labs_get_two_management_subnets_and_none_that_the_lab_uses() -> None:
    first = plan(deployment(*TRIANGLE), Observed())
    second = replace(deployment(*TRIANGLE, name="y"), avoid=(IPv4Network("198.18.2.0/23"),))
    assert plan(second, up(first)).record.management == IPv4Network("198.18.4.0/24")


def test_more_nodes_than_a_management_subnet_holds() -> None:
    links = [f"n{i}:eth1-n{i + 1}:eth2" for i in range(0, 250, 1)]
    with pytest.raises(DeployFailed, match="251 nodes; a management subnet holds 245"):
        plan(deployment(*links), Observed())


def test_what_is_observed_is_what_was_recorded() -> None:
    record = plan(deployment(*TRIANGLE), Observed()).record
    text = f"record {record.to_json()}\nalive x a 1700000000\nalive x c 1700000001\n"
    lab = Observed.read(text).running("x")
    assert Observed.read(text).records == {"x": record}
    assert [node.state for node in lab.nodes] == [NodeState.RUNNING, NodeState.STOPPED, NodeState.RUNNING]
    assert str(lab.addresses["a"]) == "198.18.1.10"
    assert [node.since and node.since.year for node in lab.nodes] == [2023, None, 2023]


@pytest.mark.parametrize("dead", [(), ("b",), ("a", "b", "c")])
def test_scripts_are_shell_that_parses(dead: tuple[str, ...]) -> None:
    done = plan(deployment(*TRIANGLE), Observed())
    todo = plan(deployment("a:eth1-b:eth1", "b:eth2-d:eth1"), up(done, *dead))
    for text in (deploy_script(todo, done.record, SEED), destroy_script(done.record)):
        subprocess.run(["sh", "-n"], input=text, text=True, check=True)


names = st.lists(st.sampled_from("abcdefg"), min_size=2, max_size=5, unique=True)


@given(names, names, st.sets(st.sampled_from("abcdefg")))
def test_any_change_ends_with_exactly_the_wanted_nodes_and_links(
    before: list[str], after: list[str], dead: set[str]
) -> None:
    def chain(nodes: list[str]) -> Deployment:
        return deployment(*(f"{a}:eth1-{b}:eth2" for a, b in pairwise(nodes)))

    done = plan(chain(before), Observed())
    observed = up(done, *dead)
    todo = plan(chain(after), observed)
    nodes = {name for _, name in observed.alive} - set(todo.remove) | set(todo.start)
    links = {link for link in done.record.links if not link.touches(dead)} - set(todo.cut) | set(todo.lay)
    assert nodes == set(todo.record.nodes)
    assert links == todo.record.links
    addresses = [todo.record.address(name) for name in todo.record.nodes]
    assert len(set(addresses)) == len(addresses)


def test_a_node_whose_daemon_died_is_made_anew() -> None:
    done = plan(deployment(*TRIANGLE), Observed())
    printed = "a unshare sleep sshd zebra ospfd ospfd\nb sleep zebra\nc\n"
    missing = missing_daemons(done.record, printed)
    assert missing == {"b": ("ospfd",)}  # c does not run at all: that is seen elsewhere
    assert plan(deployment(*TRIANGLE), up(done).without("x", missing)).start == ("b",)
    subprocess.run(["sh", "-n"], input=observe_daemons(done.record), text=True, check=True)


def test_a_record_survives_its_json() -> None:
    record = plan(deployment(*TRIANGLE), Observed()).record
    assert Record.from_json(record.to_json()) == record
