"""Runtime `containerlab`: nodes as Docker containers, made by the containerlab program on the host.

A lab that somebody deployed with plain `containerlab deploy` is served as well: its nodes are opened at first
contact, and it stays theirs to take down.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.model.load import topology_text
from orchestrator.runtimes import containerlab_plan
from orchestrator.runtimes.base import (
    DeployFailed,
    Deployment,
    NodeKeys,
    NodeState,
    NotOurs,
    RunningLab,
)
from orchestrator.runtimes.containerlab_state import OBSERVE, Observed, cannot_list, complaint, docker_lacks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.hosts.base import Host, Progress

_LOOK_SECONDS = 60
_DEPLOY_SECONDS = 900  # an image may have to be fetched from a registry
_ADMIT_SECONDS = 120
_DESTROY_SECONDS = 180


class ContainerlabRuntime:
    """containerlab and Docker on one host.

    Args:
        host: where they run.
        access: what opens the nodes.
        image: what all nodes are made from, whatever the topology file says; None to leave it to the file.
    """

    name = "containerlab"

    def __init__(self, host: Host, access: NodeKeys, image: str | None = None) -> None:
        self._host = host
        self._access = access
        self._image = image

    def labs(self) -> tuple[RunningLab, ...]:
        """All labs on the host, whoever deployed them, whose nodes are CEs, PEs, Ps and RRs.

        Raises:
            CannotRunHere: Docker does not run, or not for this user.
        """
        return self._observe().running()

    def deploy(self, wanted: Deployment, progress: Progress) -> RunningLab:
        """See `Runtime.deploy`; it also repairs a lab that is half deployed or has stopped nodes.

        Raises:
            CannotRunHere: Docker, containerlab, an image or a kernel module is missing.
            NameTaken: a lab of that name is up from another folder.
            DeployFailed: with containerlab's own words.
        """
        lab = wanted.topology.name
        survey = containerlab_plan.Survey.read(
            self._host.run("sh -s", stdin=containerlab_plan.survey(lab).encode(), timeout=_LOOK_SECONDS).text
        )
        todo = containerlab_plan.plan(
            wanted, topology_text(wanted.topology.file), self._observe(), survey, self._image
        )
        if todo.deploy:
            if todo.remove:
                progress(f"{len(todo.remove)} nodes are stopped or have lost their links: making them anew")
            progress(f"containerlab deploys {len(wanted.topology.nodes)} nodes")
            script = containerlab_plan.deploy_script(todo)
            done = self._host.run("sh -s", stdin=script.encode(), timeout=_DEPLOY_SECONDS)
            if not done.ok:
                raise docker_lacks(done.text) or DeployFailed(
                    f"containerlab could not deploy lab '{lab}': {complaint(done.text)}"
                )
        progress("opening the nodes")
        return self._admit(lab, wanted.daemons)

    def bootstrap(self, lab: RunningLab, daemons: Mapping[str, tuple[str, ...]]) -> RunningLab:
        """See `Runtime.bootstrap`: the first contact is `docker exec`."""
        return self._admit(lab.name, daemons)

    def _admit(self, lab: str, daemons: Mapping[str, tuple[str, ...]]) -> RunningLab:
        observed = self._observe()
        closed = [
            one
            for one in observed.labs[lab]
            if one.state in {NodeState.NOT_BOOTSTRAPPED, NodeState.RUNNING}
            and one.node in daemons
            and not {*daemons[one.node]} <= one.daemons
        ]
        if not closed:
            return observed.lab(lab)
        back = self._host.orchestrator_address
        script = containerlab_plan.bootstrap_script(
            lab, closed, daemons, self._access, IPv4Network(back) if back else None
        )
        done = self._host.run("sh -s", stdin=script.encode(), timeout=_ADMIT_SECONDS)
        lines = done.text.splitlines()
        ready = {line.removeprefix("ready ") for line in lines if line.startswith("ready ")}
        for one in closed:
            if one.node not in ready:
                said = next(
                    (line for line in lines if line.startswith(f"failed {one.node} ")), "it said nothing"
                )
                raise DeployFailed(f"node {one.node}: {said.removeprefix(f'failed {one.node} ')}")
        return self._observe().lab(lab)

    def destroy(self, lab: str) -> bool:
        """See `Runtime.destroy`."""
        there = self._observe().labs.get(lab, ())
        theirs = next((one.file for one in there if one.folder is None), None)
        if theirs is not None:
            raise NotOurs(
                f"lab '{lab}' was deployed with containerlab itself and is left as it is: "
                f"containerlab destroy --cleanup -t {theirs} takes it down"
            )
        folder = containerlab_plan.folder_of(lab)
        if not there and not self._host.run(f"[ -e {folder} ]", timeout=_LOOK_SECONDS).ok:
            return False
        script = containerlab_plan.destroy_script(lab)
        self._host.run("sh -s", stdin=script.encode(), timeout=_DESTROY_SECONDS).expect_ok(
            f"remove all of lab '{lab}'"
        )
        return True

    def _observe(self) -> Observed:
        done = self._host.run(OBSERVE, timeout=_LOOK_SECONDS)
        if not done.ok:
            raise cannot_list(done.text)
        return Observed.read(done.text)
