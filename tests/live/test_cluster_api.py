"""Host k8s:// and runtime c9s against a real API server and the real kubectl; a test plays clabernetes.

What is not there: clabernetes, kubelets, pods that run. `test_cluster.py` has the latter.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.hosts.base import CannotRunHere, CommandFailed, HostError, NotRunning, PortUnreachable
from orchestrator.hosts.cluster import Cluster
from orchestrator.hosts.cluster_doctor import diagnose_cluster
from orchestrator.hosts.doctor import Verdict
from orchestrator.hosts.kubectl import Namespace
from orchestrator.loading import load_lab
from orchestrator.model.load import topology_text
from orchestrator.render.daemons import daemons
from orchestrator.runtimes import c9s_patience
from orchestrator.runtimes.base import DeployFailed, Deployment, NodeKeys, NodeState
from orchestrator.runtimes.c9s import C9sRuntime
from orchestrator.runtimes.c9s_topology import custom_resource
from orchestrator.shipped import LABS
from tests.live.kubernetes import programs
from tests.live.kubernetes.control import ControlPlane, control_plane

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.skipif(bool(programs.lacks()), reason=programs.lacks()),
]

LAB = load_lab(LABS / "two-vpns")
WANTED = Deployment(LAB.topology, "/labs/two-vpns", daemons(LAB), ())
IMAGE = "registry.example/l3vpn-node:1"
ACCESS = NodeKeys("ssh-ed25519 AAAA login", lambda lab, node: f"KEY {lab} {node}")


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    with control_plane(tmp_path_factory.mktemp("control")) as made:
        yield made


@pytest.fixture(autouse=True)
def _kubectl(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{plane.programs}:/usr/bin:/bin")
    monkeypatch.setenv("KUBECONFIG", str(plane.kubeconfig))
    monkeypatch.setenv("HOME", str(plane.folder))  # kubectl keeps what it discovered there


@pytest.fixture
def namespace(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Namespace]:
    """One of the test's own, in which nodes may be; with clabernetes' resources."""
    plane.install_crds()
    name = f"t{abs(hash(request.node.name)) % 10**9}"
    plane.make_namespace(name)
    yield Namespace("admin", name)
    plane.kubectl("delete", "topologies.c9s.run,nodes.c9s.run", "--all", f"--namespace={name}")


def runtime(namespace: Namespace) -> C9sRuntime:
    return C9sRuntime(Cluster.start(namespace, lambda _: None), ACCESS, IMAGE)


# ---- what is not there -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "kind", "said"),
    [
        (Namespace("elsewhere", "default"), CannotRunHere, "kubectl knows no context 'elsewhere'"),
        (
            Namespace("nowhere", "default"),
            PortUnreachable,
            "k8s://nowhere/default: the cluster does not answer",
        ),
        (Namespace("nobody", "default"), CannotRunHere, "does not accept kubectl's login"),
        (
            Namespace("admin", "nothing"),
            CannotRunHere,
            "the cluster has no namespace 'nothing': kubectl create",
        ),
    ],
)
def test_what_is_missing_is_said_in_a_line(where: Namespace, kind: type[HostError], said: str) -> None:
    with pytest.raises(kind) as caught:
        Cluster.start(where, lambda _: None)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_a_kubeconfig_there_is_no_cluster(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(plane.folder / "none"))
    with pytest.raises(CannotRunHere, match="kubectl knows no cluster"):
        Cluster.start(Namespace("", "default"), lambda _: None)


def test_without_clabernetes_its_absence_is_said(plane: ControlPlane) -> None:
    plane.kubectl("delete", "crd", "topologies.c9s.run", "nodes.c9s.run", "--ignore-not-found", "--wait")
    where = Namespace("admin", "default")
    with pytest.raises(CannotRunHere, match=r"has no clabernetes \(c9s\.run\): see"):
        runtime(where).labs()
    rows = {row.name: row.verdict for row in diagnose_cluster(where).rows}
    assert rows["clabernetes"] is Verdict.LACKS
    assert rows["cluster"] is Verdict.GOOD


def test_one_who_may_not_is_told_what(namespace: Namespace) -> None:
    joe = replace(namespace, context="joe")
    with pytest.raises(CannotRunHere, match=r'joe cannot list resource "topologies" in API group "c9s.run"'):
        runtime(joe).labs()
    (rights,) = (row for row in diagnose_cluster(joe).rows if row.name == "rights")
    assert rights.verdict is Verdict.LACKS
    assert "list topologies.c9s.run" in rights.has
    assert "create pods/portforward" in rights.has


def test_a_role_in_the_namespace_is_enough(plane: ControlPlane, namespace: Namespace) -> None:
    """What `doctor` lists is all that a lab needs: no right beyond the namespace."""
    rules = [
        {
            "apiGroups": ["c9s.run"],
            "resources": ["topologies"],
            "verbs": ["get", "list", "watch", "create", "patch", "delete"],
        },
        {"apiGroups": ["c9s.run"], "resources": ["nodes"], "verbs": ["list"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "patch"]},
        {"apiGroups": [""], "resources": ["pods/exec", "pods/portforward"], "verbs": ["create"]},
    ]
    metadata = {"name": "labs", "namespace": namespace.name}
    api = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": metadata}
    subject = {"kind": "User", "name": "joe", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "Role", "name": "labs", "apiGroup": "rbac.authorization.k8s.io"}
    plane.apply(
        {**api, "kind": "Role", "rules": rules},
        {**api, "kind": "RoleBinding", "roleRef": role, "subjects": [subject]},
    )
    joe = replace(namespace, context="joe")
    found = {row.name: row for row in diagnose_cluster(joe).rows}
    assert found["rights"].verdict is Verdict.GOOD, found["rights"]
    made = runtime(joe)
    with playing(plane, namespace), pytest.raises(DeployFailed, match=r"^node "):
        made.deploy(WANTED, lambda _: None)
    assert [one.name for one in made.labs()] == ["two-vpns"]
    assert made.destroy("two-vpns")


# ---- the Topology ------------------------------------------------------------------------------------


def test_the_api_server_takes_the_topology_of_every_lab(namespace: Namespace) -> None:
    for folder in sorted(one.parent for one in LABS.glob("*/vpn.yml")):
        lab = load_lab(folder)
        wanted = Deployment(lab.topology, str(folder), {}, ())
        resource = custom_resource(wanted, topology_text(lab.topology.file), IMAGE)
        apply(namespace, resource, "--dry-run=server")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"definitionx": {}}, "definitionx: field not declared in schema"),
        ({"expose": {"exposeType": "Bogus"}}, 'Unsupported value: "Bogus"'),
        ({"deployment": {"persistence": {}}}, "spec.deployment.persistence.enabled: Required value"),
    ],
)
def test_the_api_server_refuses_what_the_schema_does(
    namespace: Namespace, spec: dict[str, Any], said: str
) -> None:
    resource = custom_resource(WANTED, topology_text(LAB.topology.file), IMAGE)
    resource["spec"] |= spec
    with pytest.raises(CommandFailed) as caught:
        apply(namespace, resource, "--dry-run=server")
    assert said in str(caught.value)


def apply(namespace: Namespace, resource: dict[str, Any], *more: str) -> None:
    Cluster.attach(namespace).kubectl.ask(
        "apply it",
        "apply",
        "--server-side",
        "--field-manager=l3vpn",
        "--filename=-",
        *more,
        stdin=json.dumps(resource).encode(),
        timeout=60,
    )


# ---- a lab's life ------------------------------------------------------------------------------------


@contextmanager
def playing(plane: ControlPlane, namespace: Namespace, *, image_is_there: bool = True) -> Iterator[None]:
    """Do what clabernetes and kubelets do of a Topology that comes, as far as an API server sees it."""
    over = threading.Event()

    def play() -> None:
        while not over.wait(0.5):
            for one in plane.get("topologies.c9s.run", f"--namespace={namespace.name}")["items"]:
                if one.get("status", {}).get("observedGeneration") != one["metadata"]["generation"]:
                    realise(plane, namespace.name, one, image_is_there=image_is_there)

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def realise(plane: ControlPlane, namespace: str, topology: dict[str, Any], *, image_is_there: bool) -> None:
    lab = topology["metadata"]["name"]
    there = {"namespace": namespace}
    owner = {
        "apiVersion": "c9s.run/v1alpha1",
        "kind": "Topology",
        "name": lab,
        "uid": topology["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    for node in LAB.nodes:
        labels = {"c9s.run/topologyOwner": lab, "c9s.run/direct-workload": node.name, "role": node.role.value}
        metadata = {"name": node.name, **there, "labels": labels, "ownerReferences": [owner]}
        spec = {
            "nodeName": "w1",
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,  # no kubelet is there to end it
            "containers": [{"name": "router", "image": IMAGE, "securityContext": {"privileged": True}}],
        }
        plane.apply(
            {
                "apiVersion": "c9s.run/v1alpha1",
                "kind": "Node",
                "metadata": metadata,
                "spec": {"image": IMAGE},
            },
            {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec},
        )
        state = {"running": {"startedAt": "2026-11-30T10:00:00Z"}}
        if not image_is_there:
            state = {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}
        container = {
            "name": "router",
            "image": IMAGE,
            "imageID": "",
            "ready": image_is_there,
            "restartCount": 0,
            "containerID": f"containerd://{node.name}",
            "state": state,
        }
        address = f"10.0.0.{7 + [one.name for one in LAB.nodes].index(node.name)}"
        status(
            plane,
            there,
            "pod",
            node.name,
            {"phase": "Running", "podIP": address, "containerStatuses": [container]},
        )
        status(
            plane, there, "node.c9s.run", node.name, {"readiness": "ready" if image_is_there else "notready"}
        )
    seen = {
        "observedGeneration": topology["metadata"]["generation"],
        "kind": "containerlab",
        "topologyReady": image_is_there,
        "conditions": [],
    }
    status(plane, there, "topology.c9s.run", lab, seen)


def status(plane: ControlPlane, there: dict[str, str], kind: str, name: str, status: dict[str, Any]) -> None:
    patch = json.dumps({"status": status})
    words = f"--namespace={there['namespace']}", "--subresource=status", "--type=merge", f"--patch={patch}"
    plane.kubectl("patch", kind, name, *words)


def test_a_lab_is_made_seen_and_removed(plane: ControlPlane, namespace: Namespace) -> None:
    made = runtime(namespace)
    assert made.labs() == ()
    steps: list[str] = []
    with playing(plane, namespace):
        # No kubelet is there to open it.
        with pytest.raises(DeployFailed, match=r"^node \w+: "):
            made.deploy(WANTED, steps.append)
        assert steps[0] == "applying the Topology of 8 nodes"
        assert steps[-1] == "opening the nodes"
        (lab,) = made.labs()
        assert {one.name for one in lab.nodes} == {one.name for one in LAB.nodes}
        assert {one.role for one in lab.nodes} == {one.role for one in LAB.nodes}
        assert {one.state for one in lab.nodes} == {NodeState.NOT_BOOTSTRAPPED}
        # Noted as it is when a node has been opened, by the real kubectl.
        for node in LAB.nodes:
            words = " ".join((f"containerd://{node.name}", *WANTED.daemons[node.name]))
            made._kubectl.ask(
                "note", "annotate", "--overwrite", f"pod/{node.name}", f"l3vpn-opened={words}", timeout=60
            )
        again = made.deploy(WANTED, steps.append)  # nothing is left to be opened
        assert {one.state for one in again.nodes} == {NodeState.RUNNING}
    generation = plane.get("topologies.c9s.run", "two-vpns", f"--namespace={namespace.name}")["metadata"][
        "generation"
    ]
    assert generation == 1  # the second time it was the same
    assert made.destroy("two-vpns")
    assert made.labs() == ()
    assert not made.destroy("two-vpns")


def test_an_image_that_cannot_be_pulled_is_named(
    plane: ControlPlane, namespace: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(c9s_patience, "TROUBLE_SECONDS", 2.0)
    made = runtime(namespace)
    with playing(plane, namespace, image_is_there=False), pytest.raises(DeployFailed) as caught:
        made.deploy(WANTED, lambda _: None)
    assert f"image {IMAGE} cannot be pulled: ImagePullBackOff: not found" in str(caught.value)
    assert made.destroy("two-vpns")


def test_a_namespace_that_refuses_privileged_pods_is_known_before(
    plane: ControlPlane, namespace: Namespace
) -> None:
    label = "pod-security.kubernetes.io/enforce=baseline"
    plane.kubectl("label", "--overwrite", "namespace", namespace.name, label)
    found = diagnose_cluster(namespace)
    (row,) = (row for row in found.rows if row.name == "namespace")
    assert (row.verdict, found.host) == (Verdict.LACKS, None)
    assert row.fix.endswith("enforce=privileged")


def test_a_namespace_that_goes_takes_its_labs_with_it(plane: ControlPlane) -> None:
    plane.kubectl("create", "namespace", "brief")
    assert Cluster.attach(Namespace("admin", "brief")).name == "k8s://admin/brief"
    plane.kubectl("delete", "namespace", "brief", "--timeout=120s")
    with pytest.raises(NotRunning, match="has no namespace 'brief'"):
        Cluster.attach(Namespace("admin", "brief"))
