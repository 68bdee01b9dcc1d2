"""Host `k8s://[context/]namespace`: labs in a namespace of a Kubernetes cluster, reached by one's kubectl.

A cluster is no machine: nothing can be run on it but in a pod. What it has in common with machines is that
nodes of labs, here pods, are dialled and logged in to; both go through the API server, so that no node needs
an address that is reached from outside.
"""

from __future__ import annotations

import json
import re
import shlex
import threading
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.hosts.base import CannotRunHere, NotRunning, PortUnreachable
from orchestrator.hosts.kubectl import Kubectl, Namespace
from orchestrator.hosts.port_forward import PortForward
from orchestrator.hosts.terminal import ssh_argv

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from orchestrator.hosts.base import Host, Progress

Place: TypeAlias = "Host | Cluster"
"""Where labs can be: on a machine, or in a namespace of a cluster."""

LEAST_VERSION: Final = (1, 31)
"""Of Kubernetes, for clabernetes 0.9: its sidecars are init containers that may restart."""

_LOOK_SECONDS: Final = 30
_SSHD: Final = "/usr/sbin/sshd -i -o HostKey=/run/ssh/host_key -o AuthorizedKeysFile=/run/ssh/authorized_keys"
"""As the node's own one runs, on the standard input."""


class Cluster:
    """A namespace of a cluster. Made by `start` or `attach`."""

    def __init__(self, namespace: Namespace) -> None:
        self.name = str(namespace)
        self.kubectl = Kubectl(namespace)
        self._pods: dict[IPv4Address, str] = {}
        self._looking = threading.Lock()
        self._forwards: dict[tuple[IPv4Address, int], PortForward] = {}

    @classmethod
    def start(cls, namespace: Namespace, progress: Progress) -> Cluster:
        """The namespace, which has to be there: nothing is made beyond it.

        Raises:
            CannotRunHere: there is no kubectl, context or namespace, or the cluster is too old.
            PortUnreachable: it does not answer.
        """
        progress(f"asking {namespace}")
        cluster = cls(namespace)
        if problem := too_old(cluster.version()):
            raise CannotRunHere(f"{namespace}: {problem}")
        cluster.look_for_namespace()
        return cluster

    @classmethod
    def attach(cls, namespace: Namespace) -> Cluster:
        """The namespace, as `start` found it.

        Raises:
            NotRunning: it is gone, and all that was in it.
            HostError: the cluster does not answer, or does not let us in.
        """
        cluster = cls(namespace)
        try:
            cluster.look_for_namespace()
        except _NoNamespace as error:
            raise NotRunning(str(error)) from None
        return cluster

    def version(self) -> str:
        """The API server's."""
        said = self.kubectl.ask("ask for its version", "version", "--output=json", timeout=_LOOK_SECONDS)
        version: str = json.loads(said).get("serverVersion", {}).get("gitVersion", "")
        return version

    def look_for_namespace(self) -> None:
        """Whether the namespace is there; who may not know finds out later."""
        words = "get", "namespace", self.kubectl.namespace.name, "--output=name"
        done = self.kubectl.run(*words, timeout=_LOOK_SECONDS)
        if not done.ok and b"(Forbidden)" not in done.stderr:
            error = self.kubectl.meaning(done, "look for the namespace")
            raise _NoNamespace(str(error)) if b"(NotFound)" in done.stderr else error

    # ---- as machines are -----------------------------------------------------------------------

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> socket.socket:
        """See `Host.dial`: by a port-forward, kept until `close`. The node must be the first to speak."""
        forward = self._forward(address, port)
        try:
            return forward.connect(timeout)
        except PortUnreachable as error:
            self._forget(address, port, forward)
            raise PortUnreachable(f"{address} port {port}: {error}") from None

    def login_argv(
        self, address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
    ) -> list[str]:
        """See `Host.login_argv`: ssh to the node, to an sshd that `kubectl exec` starts in it."""
        there = self.kubectl.namespace.argv("exec", "--stdin", self._pod(address), "--", *shlex.split(_SSHD))
        ssh, *rest = ssh_argv(address, user, key=key, known_hosts=known_hosts, command=command)
        # In ProxyCommand a percent sign begins one of ssh's own words (ssh_config(5), TOKENS).
        return [ssh, f"-oProxyCommand={shlex.join(there).replace('%', '%%')}", *rest]

    def close(self) -> None:
        """End the port-forwards; what is in the cluster stays."""
        with self._looking:
            forwards, self._forwards = tuple(self._forwards.values()), {}
        for forward in forwards:
            forward.close()

    # ---- inside --------------------------------------------------------------------------------

    def _pod(self, address: IPv4Address) -> str:
        """The pod that has an address.

        Raises:
            PortUnreachable: none that runs has.
        """
        with self._looking:
            if address not in self._pods:
                self._pods = self._addresses()
            try:
                return self._pods[address]
            except KeyError:
                raise PortUnreachable(f"{self.name}: no pod that runs has {address}") from None

    def _addresses(self) -> dict[IPv4Address, str]:
        said = self.kubectl.ask(
            "list the pods",
            "get",
            "pods",
            "--field-selector=status.phase=Running",
            '--output=jsonpath={range .items[*]}{.status.podIP} {.metadata.name}{"\\n"}{end}',
            timeout=_LOOK_SECONDS,
        )
        pairs = (line.split() for line in said.splitlines())
        return {IPv4Address(one[0]): one[1] for one in pairs if len(one) == len(("address", "pod"))}

    def _forward(self, address: IPv4Address, port: int) -> PortForward:
        pod = self._pod(address)
        with self._looking:
            forward = self._forwards.get((address, port))
            if forward is None or not forward.alive:
                forward = PortForward(self.kubectl.namespace, pod, port)
                self._forwards[address, port] = forward
        return forward

    def _forget(self, address: IPv4Address, port: int, forward: PortForward) -> None:
        """The pod may have been made anew, under another name."""
        with self._looking:
            if self._forwards.get((address, port)) is forward:
                del self._forwards[address, port]
            self._pods.pop(address, None)
        forward.close()


def too_old(version: str) -> str:
    """What is wrong with a version of Kubernetes; "" for nothing."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) >= LEAST_VERSION:
        return ""
    return f"Kubernetes {version} is too old, {'.'.join(map(str, LEAST_VERSION))} is needed"


class _NoNamespace(CannotRunHere):
    """There is no such namespace."""
