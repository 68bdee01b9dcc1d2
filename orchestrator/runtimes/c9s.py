"""Runtime `c9s`: nodes as pods of a cluster, made by clabernetes (c9s.run), containerlab's own engine there.

We apply one Topology and delete it again; all else is clabernetes' to make and to remove. Its nodes are then
opened as containers are, by `kubectl exec`.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from orchestrator.hosts.cluster_doctor import WORKER
from orchestrator.hosts.kubectl import last_line
from orchestrator.model.load import topology_text
from orchestrator.printable import printable
from orchestrator.runtimes.base import (
    DeployFailed,
    Deployment,
    NameTaken,
    NodeKeys,
    NodeState,
    NotOurs,
    RunningLab,
)
from orchestrator.runtimes.c9s_patience import Patience
from orchestrator.runtimes.c9s_state import OPENED, QUESTION, Observed, Pod, SeenLab
from orchestrator.runtimes.c9s_topology import custom_resource
from orchestrator.scripts import script, with_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.hosts.base import Progress
    from orchestrator.hosts.cluster import Cluster

_LOOK_SECONDS: Final = 60
_APPLY_SECONDS: Final = 60
_OPEN_SECONDS: Final = 120
_DELETE_SECONDS: Final = 300
_PAUSE: Final = 2.0
_AT_ONCE: Final = 8  # each is a kubectl, half a second of a processor
_TOPOLOGIES: Final = "topologies.c9s.run"


class C9sRuntime:
    """clabernetes in a namespace of a cluster.

    Args:
        cluster: the namespace.
        access: what opens the nodes.
        image: what all nodes are made from, whatever the topology file says; None to leave it to the file.
    """

    name = "c9s"

    def __init__(self, cluster: Cluster, access: NodeKeys, image: str | None = None) -> None:
        self._cluster = cluster
        self._kubectl = cluster.kubectl
        self._access = access
        self._image = image

    def labs(self) -> tuple[RunningLab, ...]:
        """The labs of the namespace that we made.

        Raises:
            HostError: the cluster does not say.
        """
        return tuple(one.running for one in self._observe().labs.values() if one.folder is not None)

    def deploy(self, wanted: Deployment, progress: Progress) -> RunningLab:
        """See `Runtime.deploy`.

        Raises:
            CannotRunHere: the cluster lacks something.
            NameTaken: a lab of that name is up from another folder, or was made by somebody else.
            DeployFailed: with clabernetes' or the cluster's own words.
        """
        lab = wanted.topology.name
        there = self._observe().labs.get(lab)
        if there is not None and there.folder != wanted.folder:
            whose = f"up from {there.folder}" if there.folder else "in the namespace, made by somebody else"
            raise NameTaken(
                f"lab '{lab}' is already {whose}; take it down first or give this one another name"
            )
        resource = custom_resource(wanted, topology_text(wanted.topology.file), self._image)
        progress(f"applying the Topology of {len(wanted.topology.nodes)} nodes")
        self._kubectl.ask(
            f"apply the Topology of lab '{lab}'",
            "apply",
            "--server-side",
            "--field-manager=l3vpn",
            "--filename=-",
            stdin=json.dumps(resource).encode(),
            timeout=_APPLY_SECONDS,
        )
        self._wait(wanted, progress)
        progress("opening the nodes")
        return self._open(lab, wanted.daemons)

    def bootstrap(self, lab: RunningLab, daemons: Mapping[str, tuple[str, ...]]) -> RunningLab:
        """See `Runtime.bootstrap`: the first contact is `kubectl exec`."""
        return self._open(lab.name, daemons)

    def destroy(self, lab: str) -> bool:
        """See `Runtime.destroy`: the Topology goes once all that clabernetes made of it has gone."""
        there = self._observe().labs.get(lab)
        if there is None:
            return False
        if there.folder is None:
            raise NotOurs(
                f"lab '{lab}' was made by somebody else and is left as it is: "
                f"kubectl --namespace={self._kubectl.namespace.name} delete {_TOPOLOGIES} {lab} takes it down"
            )
        self._kubectl.ask(
            f"remove all of lab '{lab}'",
            "delete",
            _TOPOLOGIES,
            lab,
            "--ignore-not-found",
            "--cascade=foreground",
            f"--timeout={_DELETE_SECONDS}s",
            timeout=_DELETE_SECONDS + _LOOK_SECONDS,
        )
        return True

    def _observe(self) -> Observed:
        return Observed.read(self._kubectl.ask("list the labs", *QUESTION, timeout=_LOOK_SECONDS))

    def _wait(self, wanted: Deployment, progress: Progress) -> None:
        lab = wanted.topology.name
        patience = Patience(lab, [node.name for node in wanted.topology.nodes])
        said = ""
        while not patience.is_over(seen := self._observe().labs.get(lab), time.monotonic()):
            if (words := patience.words(seen)) != said:
                progress(words)
                said = words
            time.sleep(_PAUSE)

    def _open(self, lab: str, daemons: Mapping[str, tuple[str, ...]]) -> RunningLab:
        seen = self._lab(lab)
        closed = [
            (one.name, one.pod)
            for one in seen.nodes
            if one.pod is not None
            and one.state is not NodeState.STOPPED
            and one.name in daemons
            and not {*daemons[one.name]} <= (one.pod.daemons or frozenset())
        ]
        if not closed:
            return seen.running
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for done in [pool.submit(self._open_one, lab, *one, daemons[one[0]]) for one in closed]:
                done.result()
        return self._lab(lab).running

    def _open_one(self, lab: str, node: str, pod: Pod, daemons: tuple[str, ...]) -> None:
        keys = self._access.authorized_key.strip(), self._access.host_key(lab, node).rstrip()
        # Sessions come from the pod itself, where the kubelet ends them: no way back is needed.
        text = (
            script(WORKER) + with_arguments(*keys, "-", "-", *daemons) + script("runtimes/node_bootstrap.sh")
        )
        done = self._kubectl.run(
            "exec",
            "--stdin",
            pod.name,
            "--",
            "sh",
            "-c",
            script("runtimes/c9s_open.sh"),
            stdin=text.encode(),
            timeout=_OPEN_SECONDS,
        )
        if not done.ok:
            last = done.text.strip().splitlines()
            raise DeployFailed(f"node {node}: {printable(last[-1] if last else last_line(done))}")
        self._kubectl.ask(
            f"note that node {node} is open",
            "annotate",
            "--overwrite",
            f"pod/{pod.name}",
            f"{OPENED}={' '.join((pod.start, *daemons))}",
            timeout=_LOOK_SECONDS,
        )

    def _lab(self, name: str) -> SeenLab:
        seen = self._observe().labs.get(name)
        if seen is None:
            raise DeployFailed(f"lab '{name}' has gone from {self._cluster.name}")
        return seen
