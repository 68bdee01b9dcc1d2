"""What a namespace has of labs, as values: from one `kubectl get` to nodes and what they wait for."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from orchestrator.model.topology import Role
from orchestrator.printable import printable
from orchestrator.runtimes.base import NodeState, RunningLab, RunningNode
from orchestrator.runtimes.c9s_topology import OURS, ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

QUESTION: Final = ("get", "topologies.c9s.run,nodes.c9s.run,deployments.apps,pods", "--output=json")
"""Of all kinds at once: a lab that is looked at kind by kind is never seen at one moment."""
OPENED: Final = "l3vpn-opened"
"""The annotation of a pod that was opened: which start of its container, and the daemons started in it."""

_OWNER: Final = "c9s.run/topologyOwner"
_NODE: Final = "c9s.run/direct-workload"
_DEFAULT_CONTAINER: Final = "kubectl.kubernetes.io/default-container"
_NO_IMAGE: Final = frozenset(("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"))
_COMES: Final = frozenset(("", "ContainerCreating", "PodInitializing"))
_NOWHERE: Final = IPv4Network("240.0.0.0/4")
_MOST: Final = 300  # characters of a stranger's text

Json: TypeAlias = "Mapping[str, Any]"


@dataclass(frozen=True, slots=True)
class Pod:
    """The pod of a node.

    Attributes:
        name: its own.
        address: in the cluster; None until it is on a worker.
        worker: the machine it is on; "" for none yet.
        start: of its device's container, by that container's id; "" while it does not run.
        since: when that was.
        daemons: those of FRR that were started in it; None if this start of it has not been opened.
    """

    name: str
    address: IPv4Address | None
    worker: str
    start: str
    since: datetime | None
    daemons: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class SeenNode:
    """A node, as clabernetes and Kubernetes have it.

    Attributes:
        name: its name.
        role: None if it is no router of a lab.
        ready: clabernetes finds its links there and its container running.
        waits_for: what it is doing, for a person who waits; "" if it is ready.
        trouble: why it may never be ready; "" if nothing says so.
        pod: None while there is none.
    """

    name: str
    role: Role | None
    ready: bool
    waits_for: str
    trouble: str
    pod: Pod | None

    @property
    def state(self) -> NodeState:
        """Whether it can be configured."""
        if self.pod is None or not self.pod.start or self.pod.address is None:
            return NodeState.STOPPED
        return NodeState.NOT_BOOTSTRAPPED if self.pod.daemons is None else NodeState.RUNNING


@dataclass(frozen=True, slots=True)
class SeenLab:
    """A Topology and what has become of it.

    Attributes:
        name: of the lab.
        folder: it came from; None where somebody else made it.
        current: clabernetes has taken in what was applied last.
        trouble: why it cannot make it; "" for nothing.
        nodes: what it has made.
    """

    name: str
    folder: str | None
    current: bool
    trouble: str
    nodes: tuple[SeenNode, ...] = ()

    @property
    def running(self) -> RunningLab:
        """The lab as the protocol shows it."""
        return RunningLab(
            self.name,
            self.folder or "",
            _NOWHERE,
            tuple(
                RunningNode(
                    one.name,
                    one.role,
                    (one.pod and one.pod.address) or _NOWHERE.network_address,
                    one.state,
                    one.pod.since if one.pod else None,
                )
                for one in self.nodes
                if one.role is not None
            ),
        )


@dataclass(frozen=True, slots=True)
class Observed:
    """All labs of a namespace, by name."""

    labs: Mapping[str, SeenLab] = field(default_factory=dict)

    @classmethod
    def read(cls, said: str) -> Observed:
        """Read the answer to `QUESTION`."""
        by_kind: dict[str, list[Json]] = defaultdict(list)
        for one in json.loads(said)["items"]:
            by_kind[one["kind"]].append(one)
        pods: dict[str, Json] = {}
        for one in sorted(by_kind["Pod"], key=lambda one: str(one["metadata"].get("creationTimestamp"))):
            if "deletionTimestamp" not in one["metadata"]:
                pods[_labels(one).get(_NODE, "")] = one
        deployments = {one["metadata"]["name"]: one for one in by_kind["Deployment"]}
        nodes: dict[str, list[SeenNode]] = defaultdict(list)
        for one in by_kind["Node"]:
            name = one["metadata"]["name"]
            nodes[_labels(one).get(_OWNER, "")].append(_node(one, pods.get(name), deployments.get(name)))
        labs = (_lab(one, nodes[one["metadata"]["name"]]) for one in by_kind["Topology"])
        return cls({lab.name: lab for lab in labs})


def _lab(topology: Json, nodes: Iterable[SeenNode]) -> SeenLab:
    metadata, status = topology["metadata"], topology.get("status") or {}
    observed = status.get("observedGeneration")
    return SeenLab(
        name=metadata["name"],
        folder=(metadata.get("annotations") or {}).get(OURS),
        current=observed == metadata.get("generation") and bool(status),
        trouble=_line(str(status.get("error") or "")),
        nodes=tuple(nodes),
    )


def _node(node: Json, pod: Json | None, deployment: Json | None) -> SeenNode:
    status = node.get("status") or {}
    ready = status.get("readiness") == "ready"
    word = _labels(node).get(ROLE, "").lower()
    return SeenNode(
        name=node["metadata"]["name"],
        role=Role(word) if word in set(Role) else None,
        ready=ready,
        waits_for="" if ready else _waits_for(status, pod),
        trouble="" if ready else _trouble(status, pod, deployment),
        pod=_pod(pod) if pod else None,
    )


def _pod(pod: Json) -> Pod:
    status = pod.get("status") or {}
    device = _device(pod)
    running = (device.get("state") or {}).get("running") or {}
    start = str(device.get("containerID") or "") if running else ""
    opened, *daemons = _annotations(pod).get(OPENED, "").split() or [""]
    address, began = status.get("podIP"), running.get("startedAt")
    return Pod(
        name=pod["metadata"]["name"],
        address=IPv4Address(address) if address and ":" not in address else None,
        worker=pod["spec"].get("nodeName") or "",
        start=start,
        since=datetime.fromisoformat(began) if began else None,
        daemons=frozenset(daemons) if start and opened == start else None,
    )


def _device(pod: Json) -> Json:
    """The state of the container that is the router: the one that kubectl takes by itself."""
    containers: list[Json] = (pod.get("status") or {}).get("containerStatuses") or []
    name = _annotations(pod).get(_DEFAULT_CONTAINER) or pod["spec"]["containers"][0]["name"]
    return next((one for one in containers if one["name"] == name), {})


def _waits_for(status: Json, pod: Json | None) -> str:
    if pod is None:
        return "is being planned"
    if not pod["spec"].get("nodeName"):
        return "waits for a worker"
    for one in _containers(pod):
        reason = _waiting(one).get("reason") or ""
        if reason and reason not in _COMES:
            return f"{one['name']}: {_line(reason)}"
    if not _device(pod).get("started", False):
        return f"is being made on {_line(pod['spec']['nodeName'])}"
    missing = [one["type"] for one in status.get("conditions") or [] if one["status"] == "False"]
    return f"lacks {_line(', '.join(missing))}" if missing else "is not ready"


def _trouble(status: Json, pod: Json | None, deployment: Json | None) -> str:
    plan = _condition(status, "PlanApplied")
    if plan.get("status") == "False" and plan.get("reason") != "PlanPending":
        return f"clabernetes refuses it: {_said(plan)}"
    if pod is None:
        failed = _condition((deployment or {}).get("status") or {}, "ReplicaFailure")
        return f"its pod is refused: {_said(failed)}" if failed.get("status") == "True" else ""
    scheduled = _condition(pod.get("status") or {}, "PodScheduled")
    if scheduled.get("reason") == "Unschedulable":
        return f"no worker takes its pod: {_line(scheduled.get('message') or '')}"
    for one in _containers(pod):
        waiting = _waiting(one)
        reason = waiting.get("reason") or ""
        if reason in _NO_IMAGE:
            return f"image {_line(one['image'])} cannot be pulled: {_said(waiting)}"
        if reason not in _COMES:
            return f"container {one['name']}: {_said(waiting)}"
    return ""


def _containers(pod: Json) -> list[Json]:
    status = pod.get("status") or {}
    return [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]


def _waiting(container: Json) -> Json:
    waiting: Json = (container.get("state") or {}).get("waiting") or {}
    return waiting


def _condition(status: Json, name: str) -> Json:
    conditions: list[Json] = status.get("conditions") or []
    return next((one for one in conditions if one["type"] == name), {})


def _said(condition: Json) -> str:
    return _line(": ".join(filter(None, (condition.get("reason"), condition.get("message")))))


def _line(text: str) -> str:
    """A stranger's text as the end of a line of ours."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= _MOST else f"{line[:_MOST]}…"


def _labels(one: Json) -> Mapping[str, str]:
    return one["metadata"].get("labels") or {}


def _annotations(one: Json) -> Mapping[str, str]:
    return one["metadata"].get("annotations") or {}
