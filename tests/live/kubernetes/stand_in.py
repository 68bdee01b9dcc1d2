"""In place of clabernetes: makes of a Topology what it makes, as far as labs need it.

A Node and a pod for each of the topology's nodes, and cables between pods of one worker. It takes the same
resources in and gives the same back (labels, status, owners), but it is not clabernetes: no planner, no
sidecar, no wires between workers, no management network of its own.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.hosts.base import Host
    from tests.live.kubernetes.control import ControlPlane

_API = "c9s.run/v1alpha1"


@contextmanager
def stand_in(plane: ControlPlane, worker: Host, name: str) -> Iterator[list[str]]:
    """Have it work; what went wrong is in the list.

    Args:
        plane: the cluster.
        worker: where all pods go; what runs commands on it as root.
        name: of that worker in the cluster.
    """
    over, wrong = threading.Event(), list[str]()

    def work() -> None:
        while not over.wait(1):
            for one in plane.get("topologies.c9s.run", "--all-namespaces")["items"]:
                observed = (one.get("status") or {}).get("observedGeneration")
                gone = "deletionTimestamp" in one["metadata"]
                if observed != one["metadata"]["generation"] and not gone:
                    try:
                        _realise(plane, worker, name, one)
                    except Exception as error:  # noqa: BLE001 -- of a thread nobody waits for
                        wrong.append(repr(error))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield wrong
    finally:
        over.set()
        thread.join()


def _realise(plane: ControlPlane, worker: Host, name: str, topology: dict[str, Any]) -> None:
    lab, namespace = topology["metadata"]["name"], topology["metadata"]["namespace"]
    wanted = yaml.safe_load(topology["spec"]["definition"]["containerlab"])["topology"]
    for node, definition in wanted["nodes"].items():
        labels = definition["labels"] | {"c9s.run/topologyOwner": lab}
        metadata = {"namespace": namespace, "name": node, "labels": labels}
        spec = {
            "kind": definition["kind"],
            "image": definition["image"],
            "privileged": definition["privileged"],
        }
        owned = {**metadata, "ownerReferences": [_owner(topology)]}
        plane.apply({"apiVersion": _API, "kind": "Node", "metadata": owned, "spec": spec})
        made = plane.get("nodes.c9s.run", node, f"--namespace={namespace}")
        pod = {**metadata, "labels": {**labels, "c9s.run/direct-workload": node}}
        pod["ownerReferences"] = [_owner(made)]
        plane.apply(
            {"apiVersion": "v1", "kind": "Pod", "metadata": pod, "spec": _pod(definition, node, name)}
        )
    names = [f"pod/{node}" for node in wanted["nodes"]]
    plane.kubectl("wait", "--for=condition=Ready", *names, f"--namespace={namespace}", "--timeout=300s")
    _cable(plane, worker, namespace, wanted)
    for node in wanted["nodes"]:
        _status(plane, namespace, f"node.c9s.run/{node}", {"readiness": "ready"})
    seen = {
        "observedGeneration": topology["metadata"]["generation"],
        "kind": "containerlab",
        "topologyReady": True,
        "topologyState": "running",
        "conditions": [],
    }
    _status(plane, namespace, f"topology.c9s.run/{lab}", seen)


def _pod(definition: dict[str, Any], node: str, worker: str) -> dict[str, Any]:
    return {
        "nodeName": worker,
        "hostname": node,
        "terminationGracePeriodSeconds": 1,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "dnsPolicy": "None",
        "dnsConfig": {"nameservers": ["127.0.0.1"]},
        "containers": [
            {
                "name": f"{node}-device",
                "image": definition["image"],
                "imagePullPolicy": "IfNotPresent",
                "securityContext": {"privileged": definition["privileged"]},
            }
        ],
    }


def _owner(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": one["apiVersion"],
        "kind": one["kind"],
        "name": one["metadata"]["name"],
        "uid": one["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _cable(plane: ControlPlane, worker: Host, namespace: str, wanted: dict[str, Any]) -> None:
    """Cables between the network namespaces of pods, which are found by their containers' processes."""
    pids = {}
    for node in wanted["nodes"]:
        pod = plane.get("pod", node, f"--namespace={namespace}")
        container = pod["status"]["containerStatuses"][0]["containerID"].removeprefix("containerd://")
        tasks = "ctr --address /run/kube/containerd.sock --namespace k8s.io tasks ls"
        said = worker.run(f"{tasks} | grep {container}", timeout=60).expect_ok(f"find {node}").text
        pids[node] = said.split()[1]
    lines = []
    for link in wanted["links"]:
        (a, port_a), (b, port_b) = (one.split(":") for one in link["endpoints"])
        mtu = link.get("mtu", 9500)  # containerlab's own
        ends = [f"{port} mtu {mtu} netns {pids[node]}" for node, port in ((a, port_a), (b, port_b))]
        lines.append(f"ip link add {ends[0]} type veth peer name {ends[1]}")
        for node, port in ((a, port_a), (b, port_b)):
            lines.append(f"nsenter --target {pids[node]} --net ip link set {port} up")
    worker.run("sh -es", stdin="\n".join(lines).encode(), timeout=120).expect_ok("lay the cables")


def _status(plane: ControlPlane, namespace: str, what: str, status: dict[str, Any]) -> None:
    words = "--subresource=status", "--type=merge", f"--patch={json.dumps({'status': status})}"
    plane.kubectl("patch", what, f"--namespace={namespace}", *words)
