"""A cluster as a host, over a kubectl that says what it is told to."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import (
    CannotRunHere,
    CommandFailed,
    NotRunning,
    PortUnreachable,
    RunTimeout,
)
from orchestrator.hosts.cluster import Cluster
from orchestrator.hosts.kubectl import Kubectl, Namespace, settled
from tests.unit.fake_kubectl import Answer, FakeKubectl

if TYPE_CHECKING:
    from collections.abc import Iterator

LAB = Namespace("west", "lab")
PODS = "10.0.0.7 pe1-6b\n10.0.0.8 pe2-77\n 10.0.0.9\n"


@pytest.mark.parametrize(
    ("text", "context", "namespace"),
    [
        ("k8s://lab", "", "lab"),
        ("k8s://west/lab-2", "west", "lab-2"),
        ("k8s://arn:aws:eks:eu-1:12:cluster/big/lab", "arn:aws:eks:eu-1:12:cluster/big", "lab"),
        ("k8s://admin@west/lab", "admin@west", "lab"),
    ],
)
def test_a_name_is_a_context_and_a_namespace(text: str, context: str, namespace: str) -> None:
    assert Namespace.parse(text) == Namespace(context, namespace)
    assert str(Namespace.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lab",
        "k8s://",
        "k8s://west/",
        "k8s:///lab",
        "k8s://Lab",
        "k8s://-x",
        "k8s://a b/lab",
        "k8s://a\n/lab",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not k8s://namespace or k8s://context/namespace"):
        Namespace.parse(text)


def test_names_are_never_options_of_kubectl() -> None:
    assert Namespace("--help", "lab").argv("get", "pods") == [
        "kubectl",
        "--context=--help",
        "--namespace=lab",
        "get",
        "pods",
    ]
    assert Namespace("", "lab").argv("get") == ["kubectl", "--namespace=lab", "get"]


def test_the_cluster_is_remembered_by_its_name(kubectl: FakeKubectl) -> None:
    kubectl.says("config current-context", Answer("west\n"))
    assert settled(Namespace("", "lab")) == LAB
    assert settled(Namespace("east", "lab")) == Namespace("east", "lab")
    assert len(kubectl.asked()) == 1


VERSION = json.dumps({"serverVersion": {"gitVersion": "v1.35.4"}})


def test_a_cluster_is_asked_for_its_version_and_its_namespace(kubectl: FakeKubectl) -> None:
    kubectl.says("version", Answer(VERSION))
    kubectl.says("get namespace lab", Answer("namespace/lab\n"))
    steps: list[str] = []
    cluster = Cluster.start(LAB, steps.append)
    assert (cluster.name, steps) == ("k8s://west/lab", ["asking k8s://west/lab"])
    assert kubectl.asked() == [
        ["--context=west", "--namespace=lab", "version", "--output=json"],
        ["--context=west", "--namespace=lab", "get", "namespace", "lab", "--output=name"],
    ]


def test_one_who_may_not_look_at_namespaces_goes_on(kubectl: FakeKubectl) -> None:
    kubectl.says("version", Answer(VERSION))
    forbidden = 'Error from server (Forbidden): namespaces "lab" is forbidden: User "joe" cannot get resource'
    kubectl.fails("get namespace", f"{forbidden}\n")
    assert Cluster.start(LAB, lambda _: None).name == "k8s://west/lab"


def test_without_kubectl_there_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("orchestrator.hosts.kubectl.find", lambda _: None)
    with pytest.raises(CannotRunHere, match=r"^host k8s:// needs the program kubectl: see kubernetes.io"):
        Cluster.attach(LAB)


REFUSED = "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?"
NOISE = 'E1130 18:00:00.1 7 memcache.go:265] "Unhandled Error" err="couldn\'t get server API group list"\n'
NO_CLUSTER = "kubectl knows no cluster: neither KUBECONFIG nor ~/.kube/config names one"
SILENT = "k8s://west/lab: the cluster does not answer: "
DENIED = 'list resource "topologies" in API group "c9s.run" in the namespace "lab"'
NO_NAMESPACE = (
    "the cluster has no namespace 'lab': kubectl create namespace lab, and "
    "kubectl label namespace lab pod-security.kubernetes.io/enforce=privileged"
)
NO_C9S = "k8s://west/lab: the cluster has no clabernetes (c9s.run): see c9s.run/docs/installation"
NO_MATCH = 'no matches for kind "Topology" in version "c9s.run/v1alpha1"\nensure CRDs are installed first'

COMPLAINTS = {
    'error: context "west" does not exist': (
        CannotRunHere,
        "kubectl knows no context 'west': kubectl config get-contexts lists them",
    ),
    f"{NOISE}The connection to the server localhost:8080 was refused - did you?": (CannotRunHere, NO_CLUSTER),
    "error: current-context is not set": (CannotRunHere, NO_CLUSTER),
    f"{NOISE}{REFUSED}": (PortUnreachable, f"{SILENT}The connection to the server 10.0.0.1:6443 was refused"),
    "Unable to connect to the server: dial tcp: lookup west: no such host": (
        PortUnreachable,
        f"{SILENT}Unable to connect to the server: dial tcp: lookup west: no such host",
    ),
    "error: You must be logged in to the server (Unauthorized)": (
        CannotRunHere,
        "k8s://west/lab: the cluster does not accept kubectl's login; kubectl get pods tries it",
    ),
    f'Error from server (Forbidden): topologies.c9s.run is forbidden: User "joe" cannot {DENIED}\n'
    'Error from server (Forbidden): pods is forbidden: User "joe" cannot list resource "pods"': (
        CannotRunHere,
        f"k8s://west/lab: joe cannot {DENIED}: `l3vpn doctor --host k8s://west/lab` lists what labs need",
    ),
    'Error from server (NotFound): namespaces "lab" not found': (CannotRunHere, NO_NAMESPACE),
    'Error from server (NotFound): error when creating "STDIN": namespaces "lab" not found': (
        CannotRunHere,
        NO_NAMESPACE,
    ),
    'error: the server doesn\'t have a resource type "topologies"': (CannotRunHere, NO_C9S),
    f'error: resource mapping not found for name: "x" from "STDIN": {NO_MATCH}': (CannotRunHere, NO_C9S),
    "error: something else\nand \x1b[31mmore\n": (
        CommandFailed,
        "k8s://west/lab: could not list the labs: and \\x1b[31mmore",
    ),
    "": (CommandFailed, "k8s://west/lab: could not list the labs: kubectl ended with status 1"),
}


@pytest.mark.parametrize("complaint", COMPLAINTS)
def test_what_kubectl_complains_of_is_one_line(kubectl: FakeKubectl, complaint: str) -> None:
    kind, said = COMPLAINTS[complaint]
    kubectl.fails("get", complaint)
    with pytest.raises(kind, match=f"^{re.escape(said)}$"):
        Kubectl(LAB).ask("list the labs", "get", "pods", timeout=30)


def test_a_kubectl_that_does_not_end_is_cut_off(kubectl: FakeKubectl) -> None:
    kubectl.says("get", Answer(stay=60))
    with pytest.raises(RunTimeout, match=r"^k8s://west/lab: kubectl get has not ended after 1 s$"):
        Kubectl(LAB).ask("list the labs", "get", "pods", timeout=1)


def test_a_namespace_that_has_gone_took_its_labs_with_it(kubectl: FakeKubectl) -> None:
    kubectl.fails("get namespace", 'Error from server (NotFound): namespaces "lab" not found')
    with pytest.raises(NotRunning, match="has no namespace 'lab'"):
        Cluster.attach(LAB)


def test_a_cluster_that_does_not_answer_may_well_have_its_labs(kubectl: FakeKubectl) -> None:
    kubectl.fails("get namespace", REFUSED)
    with pytest.raises(PortUnreachable, match="does not answer"):
        Cluster.attach(LAB)


def test_an_old_cluster_is_refused(kubectl: FakeKubectl) -> None:
    kubectl.says("version", Answer(VERSION.replace("1.35.4", "1.30.9")))
    with pytest.raises(
        CannotRunHere, match=r"^k8s://west/lab: Kubernetes v1.30.9 is too old, 1.31 is needed$"
    ):
        Cluster.start(LAB, lambda _: None)


@contextmanager
def speaking(first: bytes) -> Iterator[int]:
    """A port of this machine where somebody says something first, and then nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    one, _ = server.accept()
                except OSError:
                    return
                held.append(one)
                one.sendall(first)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    for one in held:
        one.close()


@pytest.fixture
def cluster(kubectl: FakeKubectl) -> Iterator[Cluster]:
    kubectl.says("get namespace", Answer("namespace/lab\n"))
    kubectl.says("get pods", Answer(PODS))
    made = Cluster.attach(LAB)
    yield made
    made.close()


def test_a_node_is_dialled_through_a_forward_that_is_kept(kubectl: FakeKubectl, cluster: Cluster) -> None:
    with speaking(b"SSH-2.0-x\r\n") as port:
        kubectl.says("port-forward", Answer(f"Forwarding from 127.0.0.1:{port} -> 22\n", stay=60))
        for _ in range(2):
            with cluster.dial(IPv4Address("10.0.0.8"), 22) as link:
                assert link.recv(100) == b"SSH-2.0-x\r\n"
    assert kubectl.asked("port-forward") == [
        ["--context=west", "--namespace=lab", "port-forward", "--address=127.0.0.1", "pod/pe2-77", ":22"]
    ]
    assert len(kubectl.asked("get pods")) == 1


def test_what_forwards_ends_with_us(kubectl: FakeKubectl, tmp_path: Path) -> None:
    """Killed, with no time to tidy up, we leave no kubectl behind."""
    mark = tmp_path / "mark"
    kubectl.says("port-forward", Answer("Forwarding from 127.0.0.1:1 -> 22\n", stay=1234.5))
    code = (
        "import os, signal; from orchestrator.hosts.kubectl import Namespace; "
        "from orchestrator.hosts.port_forward import PortForward; "
        "one = PortForward(Namespace('west', 'lab'), 'pe1', 22); one._settled.wait(); "
        f"open({str(mark)!r}, 'w').write(str(one._guard.pid)); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    group = int(mark.read_text())  # the guard leads a session, and so a process group, of its own
    deadline = time.monotonic() + 20
    while subprocess.run(["pgrep", "-g", str(group)], check=False, capture_output=True).stdout:
        assert time.monotonic() < deadline, "kubectl still runs"
        time.sleep(0.1)


def test_a_node_that_does_not_speak_is_said_to_be_silent(kubectl: FakeKubectl, cluster: Cluster) -> None:
    with speaking(b"") as port:
        kubectl.says("port-forward", Answer(f"Forwarding from 127.0.0.1:{port} -> 22\n", stay=60))
        with pytest.raises(PortUnreachable, match=r"^10.0.0.7 port 22: silent$"):
            cluster.dial(IPv4Address("10.0.0.7"), 22, timeout=0.2)


def test_a_forward_that_fails_says_why(kubectl: FakeKubectl, cluster: Cluster) -> None:
    kubectl.fails("port-forward", 'Error from server (NotFound): pods "pe1-6b" not found\n')
    with pytest.raises(PortUnreachable, match=r'pods "pe1-6b" not found$'):
        cluster.dial(IPv4Address("10.0.0.7"), 22)


def test_after_a_forward_has_failed_the_pods_are_looked_up_again(
    kubectl: FakeKubectl, cluster: Cluster
) -> None:
    with speaking(b"SSH-2.0-x\r\n") as port:
        good = Answer(f"Forwarding from 127.0.0.1:{port} -> 22\n", stay=60)
        kubectl.says("port-forward", Answer(err="error: lost connection to pod\n", status=1), good)
        with pytest.raises(PortUnreachable, match="lost connection to pod"):
            cluster.dial(IPv4Address("10.0.0.7"), 22)
        with cluster.dial(IPv4Address("10.0.0.7"), 22) as link:
            assert link.recv(100) == b"SSH-2.0-x\r\n"
    assert len(kubectl.asked("get pods")) == 2


def test_an_address_that_no_pod_has_is_said(kubectl: FakeKubectl, cluster: Cluster) -> None:
    with pytest.raises(PortUnreachable, match=r"^k8s://west/lab: no pod that runs has 10.9.9.9$"):
        cluster.dial(IPv4Address("10.9.9.9"), 22)
    assert "--field-selector=status.phase=Running" in kubectl.asked("get pods")[0]


def test_a_person_logs_in_through_kubectl_exec(kubectl: FakeKubectl) -> None:
    kubectl.says("get pods", Answer(PODS))
    cluster = Cluster(Namespace("50%", "lab"))
    argv = cluster.login_argv(
        IPv4Address("10.0.0.7"),
        "vtysh",
        key=Path("/k/login"),
        known_hosts=Path("/k/known"),
        command="show version",
    )
    sshd = "sshd -i -o HostKey=/run/ssh/host_key -o AuthorizedKeysFile=/run/ssh/authorized_keys"
    there = f"kubectl --context=50%% --namespace=lab exec --stdin pe1-6b -- /usr/sbin/{sshd}"
    assert argv[:2] == ["ssh", f"-oProxyCommand={there}"]
    assert argv[-2:] == ["vtysh@10.0.0.7", "show version"]
