"""Runtime `netns`: nodes as network namespaces with their own view of files and processes.

Works on any host with iproute2 and util-linux, the embedded kernel among them; nodes start side by side.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from orchestrator.hosts.at_work import memory_of
from orchestrator.hosts.base import CannotRunHere
from orchestrator.hosts.members import LABS
from orchestrator.runtimes import netns_plan
from orchestrator.runtimes.base import DeployFailed, Deployment, NodeKeys, RunningLab
from orchestrator.scripts import script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.hosts.base import Host, Progress

_LOOK_SECONDS = 20
_LINKS_SECONDS = 60
_DESTROY_SECONDS, _DESTROY_SECONDS_OF_EACH_NODE = 60, 3
_NODE_MEGABYTES = 40
"""Measured of configured nodes: a PE or CE takes 30, with the EIGRP speaker 43."""


class NetnsRuntime:
    """Network namespaces on one host."""

    name = "netns"

    def __init__(self, host: Host, access: NodeKeys, management: IPv4Network = LABS) -> None:
        self._host = host
        self._access = access
        self._management = management

    def labs(self) -> tuple[RunningLab, ...]:
        """All labs on the host that left a record."""
        observed = self.ours()
        return tuple(observed.running(name) for name in sorted(observed.records))

    def deploy(self, wanted: Deployment, progress: Progress) -> RunningLab:
        """See `Runtime.deploy`."""
        observed = self.observe()
        record = observed.records.get(wanted.topology.name)
        if record is not None:
            observed = observed.without(record.lab, self._broken_nodes(record, progress))
        todo = netns_plan.plan(wanted, observed, self._management)
        if todo.start:
            self._need_memory(len(todo.start))
        if not todo.empty:
            progress(f"{len(todo.start)} nodes and {len(todo.lay) + len(todo.plug)} links")
            self._carry_out(todo, observed.records.get(todo.record.lab))
            observed = self.observe()
        return observed.running(todo.record.lab)

    def _broken_nodes(self, record: netns_plan.Record, progress: Progress) -> tuple[str, ...]:
        """Nodes whose FRR daemons are not all there any more: each is made anew, as a reboot would."""
        look = self._host.run(netns_plan.observe_daemons(record), timeout=_LOOK_SECONDS)
        missing = netns_plan.missing_daemons(record, look.text)
        for name, daemons in missing.items():
            progress(f"{name}: {' and '.join(daemons)} died; making the node anew")
        return tuple(missing)

    def _need_memory(self, nodes: int) -> None:
        """Refuse nodes that there is no memory for: Linux would make room by killing other labs' daemons."""
        left, needed = memory_of(self._host) // 1024**2, nodes * _NODE_MEGABYTES
        if left < needed:
            raise CannotRunHere(
                f"host {self._host.name} has no memory left for it: {nodes} nodes need about {needed} MB, "
                f"{left} MB are free; take down another lab (l3vpn list)"
            )

    def _carry_out(self, todo: netns_plan.Plan, before: netns_plan.Record | None) -> None:
        back = self._host.orchestrator_address
        template = netns_plan.NodeTemplate(
            self._access,
            script("runtimes/node_init.sh"),
            self._host.node_root,
            IPv4Network(back) if back else None,
        )
        text = netns_plan.deploy_script(todo, before, template)
        seconds = _LINKS_SECONDS + netns_plan.start_seconds(len(todo.start))
        done = self._host.run("sh -s", stdin=text.encode(), timeout=seconds)
        lines = done.text.splitlines()
        ready = {line.removeprefix("ready ") for line in lines if line.startswith("ready ")}
        missing = [name for name in todo.start if name not in ready]
        if missing or not done.ok:
            # Indented lines are afterthoughts ("dmesg may have more information").
            said = [line for line in lines if not line.startswith(("ready ", "failed ", " "))]
            said += done.stderr.decode("utf-8", "replace").splitlines()
            who = f"node {missing[0]} did not start" if missing else "the links could not be made"
            raise DeployFailed(f"{who}: {said[-1] if said else f'exit status {done.status}'}")

    def bootstrap(
        self,
        lab: RunningLab,
        daemons: Mapping[str, tuple[str, ...]],  # noqa: ARG002 -- the protocol's
    ) -> RunningLab:
        """See `Runtime.bootstrap`: no other program makes such labs, and `deploy` opens all nodes."""
        return lab

    def destroy(self, lab: str) -> bool:
        """See `Runtime.destroy`."""
        record = self.ours().records.get(lab)
        if record is None:
            return False
        text = netns_plan.destroy_script(record)
        seconds = _DESTROY_SECONDS + _DESTROY_SECONDS_OF_EACH_NODE * len(record.nodes)
        self._host.run("sh -s", stdin=text.encode(), timeout=seconds).expect_ok(f"remove all of lab '{lab}'")
        return True

    def ours(self) -> netns_plan.Observed:
        """What there is on the host whose management is in our network; all else is not this runtime's."""
        return self.observe().within(self._management)

    def observe(self) -> netns_plan.Observed:
        """What there is on the host."""
        done = self._host.run(netns_plan.OBSERVE, timeout=_LOOK_SECONDS)
        return netns_plan.Observed.read(done.expect_ok("list the labs").text)
