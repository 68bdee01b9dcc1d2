"""The runtime over a kubectl that says what it is told to: what it asks for, writes and refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.cluster import Cluster
from orchestrator.hosts.kubectl import Namespace
from orchestrator.model.topology import Endpoint, Link, Node, Role, Topology
from orchestrator.runtimes import c9s
from orchestrator.runtimes.base import DeployFailed, Deployment, NameTaken, NodeKeys, NodeState, NotOurs
from orchestrator.runtimes.c9s import C9sRuntime
from orchestrator.scripts import script
from tests.unit.fake_kubectl import Answer, FakeKubectl
from tests.unit.runtimes.c9s.objects import answer, node, pod, topology

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.runtimes.c9s.objects import Json

GET = "get topologies.c9s.run,nodes.c9s.run,deployments.apps,pods"
PREFIX = ["--context=west", "--namespace=lab"]
IMAGE = "registry.example/l3vpn-node:1"
DAEMONS = {"pe1": ("bgpd", "isisd"), "p1": ("isisd",)}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c9s, "_PAUSE", 0.0)


@pytest.fixture
def runtime(kubectl: FakeKubectl) -> C9sRuntime:
    assert kubectl.folder.exists()
    access = NodeKeys("ssh-ed25519 AAAA login\n", lambda lab, node: f"KEY of {lab} {node}\n")
    return C9sRuntime(Cluster(Namespace("west", "lab")), access, IMAGE)


@pytest.fixture
def wanted(tmp_path: Path) -> Deployment:
    file = tmp_path / "small.clab.yml"
    file.write_text(
        "name: small\ntopology:\n  nodes:\n    pe1: {group: pe}\n    p1: {group: p, binds: [/:/x]}\n"
    )
    link = Link(Endpoint("pe1", "eth1"), Endpoint("p1", "eth1"))
    nodes = Node("pe1", Role.PE), Node("p1", Role.P)
    return Deployment(Topology("small", file, nodes, (link,)), "/labs/small", DAEMONS, ())


def lab(*items: Json) -> Answer:
    return Answer(answer(topology(), *items))


READY = (node("pe1"), node("p1", role="p"))
CLOSED = lab(*READY, pod("pe1"), pod("p1", start="containerd://2", address="10.0.0.8"))
OPEN = lab(
    *READY,
    pod("pe1", opened="containerd://1 bgpd isisd"),
    pod("p1", start="containerd://2", opened="containerd://2 isisd", address="10.0.0.8"),
)


def test_a_lab_is_applied_waited_for_and_opened(
    kubectl: FakeKubectl, runtime: C9sRuntime, wanted: Deployment
) -> None:
    planned = lab(node("pe1", ready=False))
    kubectl.says(GET, Answer(answer()), Answer(answer()), planned, planned, CLOSED, CLOSED, OPEN)
    kubectl.says("apply", Answer("topology.c9s.run/small serverside-applied\n"))
    kubectl.says("exec", Answer("ready\n"))
    kubectl.says("annotate", Answer("pod/x annotated\n"))
    steps: list[str] = []
    made = runtime.deploy(wanted, steps.append)
    assert steps == [
        "applying the Topology of 2 nodes",
        "waiting for clabernetes to take the lab in",
        "0 of 2 nodes ready; pe1 is being planned, p1 is not there yet",
        "opening the nodes",
    ]
    assert [(one.name, one.role, str(one.address), one.state) for one in made.nodes] == [
        ("pe1", Role.PE, "10.0.0.7", NodeState.RUNNING),
        ("p1", Role.P, "10.0.0.8", NodeState.RUNNING),
    ]
    assert made.folder == "/labs/small"


def test_what_is_applied_is_the_topology_in_the_namespace_and_nothing_else(
    kubectl: FakeKubectl, runtime: C9sRuntime, wanted: Deployment
) -> None:
    kubectl.says(GET, Answer(answer()), OPEN)
    kubectl.says("apply", Answer())
    runtime.deploy(wanted, lambda _: None)
    assert kubectl.asked("apply") == [
        [*PREFIX, "apply", "--server-side", "--field-manager=l3vpn", "--filename=-"]
    ]
    applied = json.loads(kubectl.read("apply")[0])
    assert (applied["kind"], applied["metadata"]["name"]) == ("Topology", "small")
    there = yaml.safe_load(applied["spec"]["definition"]["containerlab"])["topology"]["nodes"]
    assert there["p1"] == {"kind": "linux", "image": IMAGE, "privileged": True, "labels": {"role": "p"}}
    assert {one[2] for one in kubectl.asked()} == {"get", "apply"}  # open already: no node is touched


def test_a_node_is_opened_by_its_own_key_alone(
    kubectl: FakeKubectl, runtime: C9sRuntime, wanted: Deployment
) -> None:
    kubectl.says(GET, Answer(answer()), CLOSED, CLOSED, OPEN)
    kubectl.says("apply", Answer())
    kubectl.says("exec", Answer("ready\n"))
    kubectl.says("annotate", Answer())
    runtime.deploy(wanted, lambda _: None)
    shell = ["--", "sh", "-c", script("runtimes/c9s_open.sh")]
    assert sorted(kubectl.asked("exec")) == [
        [*PREFIX, "exec", "--stdin", "p1-6b", *shell],
        [*PREFIX, "exec", "--stdin", "pe1-6b", *shell],
    ]
    (pe1,) = (text for text in kubectl.read("exec --stdin pe1-6b"))
    assert "'KEY of small pe1' - - bgpd isisd\n" in pe1
    assert "KEY of small p1" not in pe1
    assert "KEY" not in " ".join(word for one in kubectl.asked() for word in one)  # for everybody to see
    assert sorted(kubectl.asked("annotate")) == [
        [*PREFIX, "annotate", "--overwrite", "pod/p1-6b", "l3vpn-opened=containerd://2 isisd"],
        [*PREFIX, "annotate", "--overwrite", "pod/pe1-6b", "l3vpn-opened=containerd://1 bgpd isisd"],
    ]


def test_a_node_that_cannot_be_opened_is_named_with_its_own_words(
    kubectl: FakeKubectl, runtime: C9sRuntime, wanted: Deployment
) -> None:
    kubectl.says(GET, Answer(answer()), CLOSED)
    kubectl.says("apply", Answer())
    said = "the kernel of its worker has not loaded vrf\n"
    kubectl.says("exec", Answer(said, "command terminated with exit code 1\n", 1))
    with pytest.raises(DeployFailed, match=r"^node pe1: the kernel of its worker has not loaded vrf$"):
        runtime.deploy(wanted, lambda _: None)
    assert kubectl.asked("annotate") == []


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/labs/other", "^lab 'small' is already up from /labs/other; take it down first"),
        (None, "^lab 'small' is already in the namespace, made by somebody else; take it down first"),
    ],
)
def test_a_name_that_is_taken_is_left_alone(
    kubectl: FakeKubectl, runtime: C9sRuntime, wanted: Deployment, folder: str | None, said: str
) -> None:
    kubectl.says(GET, Answer(answer(topology(folder=folder))))
    with pytest.raises(NameTaken, match=said):
        runtime.deploy(wanted, lambda _: None)
    assert {one[2] for one in kubectl.asked()} == {"get"}


def test_a_node_in_no_registry_is_refused_before_anything_is_applied(
    kubectl: FakeKubectl, wanted: Deployment
) -> None:
    kubectl.says(GET, Answer(answer()))
    runtime = C9sRuntime(Cluster(Namespace("", "lab")), NodeKeys("", lambda *_: ""), "l3vpn-node")
    with pytest.raises(CannotRunHere, match="image 'l3vpn-node' is in no registry"):
        runtime.deploy(wanted, lambda _: None)
    assert {one[1] for one in kubectl.asked()} == {"get"}


def test_labs_are_those_that_we_made(kubectl: FakeKubectl, runtime: C9sRuntime) -> None:
    kubectl.says(GET, Answer(answer(topology(), topology("theirs", folder=None))))
    assert [one.name for one in runtime.labs()] == ["small"]
    assert kubectl.asked() == [[*PREFIX, *GET.split(), "--output=json"]]


def test_a_lab_goes_with_all_that_was_made_of_it(kubectl: FakeKubectl, runtime: C9sRuntime) -> None:
    kubectl.says(GET, OPEN, Answer(answer()))
    kubectl.says("delete", Answer("deleted\n"))
    assert runtime.destroy("small")
    assert not runtime.destroy("small")
    how = "--ignore-not-found", "--cascade=foreground", "--timeout=300s"
    assert kubectl.asked("delete") == [[*PREFIX, "delete", "topologies.c9s.run", "small", *how]]


def test_a_lab_of_somebody_else_is_theirs_to_remove(kubectl: FakeKubectl, runtime: C9sRuntime) -> None:
    kubectl.says(GET, Answer(answer(topology(folder=None))))
    with pytest.raises(
        NotOurs, match=r"kubectl --namespace=lab delete topologies\.c9s\.run small takes it down"
    ):
        runtime.destroy("small")
    assert kubectl.asked("delete") == []


def test_a_node_that_was_started_again_is_opened_again(
    kubectl: FakeKubectl, runtime: C9sRuntime, wanted: Deployment
) -> None:
    restarted = lab(*READY, pod("pe1", start="containerd://9", opened="containerd://1 bgpd isisd"))
    kubectl.says(GET, restarted, OPEN)
    kubectl.says("exec", Answer())
    kubectl.says("annotate", Answer())
    running = runtime.labs()[0]
    assert running.nodes[0].state is NodeState.NOT_BOOTSTRAPPED
    assert runtime.bootstrap(running, dict(wanted.daemons)).nodes[0].state is NodeState.RUNNING
