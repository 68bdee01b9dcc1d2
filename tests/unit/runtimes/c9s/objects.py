"""What `kubectl get` answers of a lab in a namespace, as far as it is looked at."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def answer(*items: Json) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def topology(
    lab: str = "small", *, folder: str | None = "/labs/small", seen: bool = True, error: str = ""
) -> Json:
    """A Topology that was applied for the second time; clabernetes has `seen` that, or the first one."""
    return {
        "kind": "Topology",
        "metadata": {
            "name": lab,
            "generation": 2,
            "annotations": {} if folder is None else {"l3vpn-folder": folder},
        },
        "status": {"observedGeneration": 2 if seen else 1, "error": error},
    }


def node(
    name: str,
    *,
    lab: str = "small",
    role: str | None = "pe",
    ready: bool = True,
    **conditions: tuple[str, str, str],
) -> Json:
    """A Node; a condition is its status, reason and message."""
    return {
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"c9s.run/topologyOwner": lab} | ({"role": role} if role else {}),
        },
        "status": {
            "readiness": "ready" if ready else "notready",
            "conditions": [
                {"type": one, "status": said[0], "reason": said[1], "message": said[2]}
                for one, said in conditions.items()
            ],
        },
    }


def pod(  # noqa: PLR0913 -- each test changes one of them
    name: str,
    *,
    start: str | None = "containerd://1",
    opened: str = "",
    address: str | None = "10.0.0.7",
    worker: str | None = "w1",
    waiting: tuple[str, str] | None = None,
) -> Json:
    """The pod of a node: a sidecar, and the router in a container that is not the first one."""
    router: Json = {"name": "router", "image": "registry.example/l3vpn-node:1"}
    if start:
        router |= {
            "containerID": start,
            "started": True,
            "state": {"running": {"startedAt": "2026-11-30T10:00:00Z"}},
        }
    elif waiting:
        router |= {"state": {"waiting": dict(zip(("reason", "message"), waiting, strict=True))}}
    return {
        "kind": "Pod",
        "metadata": {
            "name": f"{name}-6b",
            "creationTimestamp": "2026-11-30T09:00:00Z",
            "labels": {"c9s.run/topologyOwner": "small", "c9s.run/direct-workload": name},
            "annotations": {"kubectl.kubernetes.io/default-container": "router"}
            | ({"l3vpn-opened": opened} if opened else {}),
        },
        "spec": {"containers": [{"name": "helper"}, {"name": "router"}]}
        | ({"nodeName": worker} if worker else {}),
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {"name": "helper", "image": "h", "containerID": "containerd://h", "state": {"running": {}}},
                router,
            ],
        }
        | ({"podIP": address} if address else {}),
    }
