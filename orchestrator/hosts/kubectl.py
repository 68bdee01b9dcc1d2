"""The program kubectl, for one namespace of one cluster, and what its complaints mean, in one line each."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.hosts.base import (
    CannotRunHere,
    CommandFailed,
    Completed,
    HostError,
    PortUnreachable,
    RunTimeout,
)
from orchestrator.hosts.programs import find
from orchestrator.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEME: Final = "k8s://"
INSTALL: Final = "c9s.run/docs/installation"

_LOOK_SECONDS: Final = 30
_NAMESPACE: Final = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")  # RFC 1123 2.1, as Kubernetes has it
_CONTEXT: Final = re.compile(r"[^\s,\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace of a cluster.

    Attributes:
        context: the cluster, as the user's kubectl calls it; "" for the one it uses by itself.
        name: of the namespace.
    """

    context: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Namespace:
        """Read `k8s://[context/]namespace`; names of contexts may have slashes in them.

        Raises:
            ValueError: it is something else.
        """
        context, slash, name = text.removeprefix(SCHEME).rpartition("/")
        good = _NAMESPACE.fullmatch(name) and (_CONTEXT.fullmatch(context) if slash else not context)
        if not (text.startswith(SCHEME) and good):
            raise ValueError(f"'{text}' is not k8s://namespace or k8s://context/namespace")
        return cls(context, name)

    def __str__(self) -> str:
        return f"{SCHEME}{self.context}{'/' if self.context else ''}{self.name}"

    def argv(self, *words: str) -> list[str]:
        """The command line of a kubectl; what the names say is none of its options."""
        context = [f"--context={self.context}"] if self.context else []
        return ["kubectl", *context, f"--namespace={self.name}", *words]


class Kubectl:
    """Runs kubectl; safe to use from many threads at once.

    Args:
        namespace: that it is asked about.

    Raises:
        CannotRunHere: there is no such program.
    """

    def __init__(self, namespace: Namespace) -> None:
        if find("kubectl") is None:
            raise CannotRunHere("host k8s:// needs the program kubectl: see kubernetes.io/docs/tasks/tools")
        self.namespace = namespace

    def run(self, *words: str, stdin: bytes = b"", timeout: float) -> Completed:
        """Run it to its end, whatever it says.

        Raises:
            RunTimeout: it had not ended after `timeout` seconds.
        """
        try:
            done = subprocess.run(
                self.namespace.argv(*words),
                input=stdin,
                capture_output=True,
                check=False,
                timeout=timeout,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            said = f"kubectl {words[0]} has not ended after {timeout:g} s"
            raise RunTimeout(f"{self.namespace}: {said}") from None
        return Completed(done.returncode, done.stdout, done.stderr)

    def ask(self, doing: str, *words: str, stdin: bytes = b"", timeout: float) -> str:
        """What it answers.

        Args:
            doing: what for, in words that fit after "could not".
            words: its arguments.
            stdin: what it reads.
            timeout: seconds.

        Raises:
            HostError: it complains; the text says what that means.
        """
        done = self.run(*words, stdin=stdin, timeout=timeout)
        if not done.ok:
            raise self.meaning(done, doing)
        return done.text

    def meaning(self, done: Completed, doing: str) -> HostError:
        """What a complaint comes to."""
        said = printable(
            " ".join((done.stderr.strip() or done.stdout.strip()).decode("utf-8", "replace").split())
        )
        for pattern, error in _MEANINGS:
            if found := pattern.search(said):
                return error(self.namespace, found)
        last = printable(last_line(done))
        return CommandFailed(f"{self.namespace}: could not {doing}: {last}")


def settled(namespace: Namespace) -> Namespace:
    """The namespace with its cluster's name, where that is left to kubectl.

    Raises:
        CannotRunHere: there is no kubectl, or it knows no cluster.
    """
    if namespace.context:
        return namespace
    said = Kubectl(namespace).ask("ask for its context", "config", "current-context", timeout=_LOOK_SECONDS)
    return Namespace.parse(f"{SCHEME}{said.strip()}/{namespace.name}")


def last_line(done: Completed) -> str:
    """What it said last."""
    lines = (done.stderr.strip() or done.stdout.strip()).decode("utf-8", "replace").splitlines()
    return lines[-1] if lines else f"kubectl ended with status {done.status}"


def _no_context(where: Namespace, _: re.Match[str]) -> HostError:
    return CannotRunHere(
        f"kubectl knows no context '{where.context}': kubectl config get-contexts lists them"
    )


def _no_cluster(_: Namespace, __: re.Match[str]) -> HostError:
    return CannotRunHere("kubectl knows no cluster: neither KUBECONFIG nor ~/.kube/config names one")


def _silent(where: Namespace, found: re.Match[str]) -> HostError:
    return PortUnreachable(f"{where}: the cluster does not answer: {found[0]}")


def _no_login(where: Namespace, _: re.Match[str]) -> HostError:
    return CannotRunHere(f"{where}: the cluster does not accept kubectl's login; kubectl get pods tries it")


def _forbidden(where: Namespace, found: re.Match[str]) -> HostError:
    user, what = found["user"], found["what"]
    return CannotRunHere(f"{where}: {user} {what}: `l3vpn doctor --host {where}` lists what labs need")


def _no_namespace(where: Namespace, _: re.Match[str]) -> HostError:
    return CannotRunHere(
        f"the cluster has no namespace '{where.name}': kubectl create namespace {where.name}, and "
        f"kubectl label namespace {where.name} pod-security.kubernetes.io/enforce=privileged"
    )


def _no_c9s(where: Namespace, _: re.Match[str]) -> HostError:
    return CannotRunHere(f"{where}: the cluster has no clabernetes (c9s.run): see {INSTALL}")


_MEANINGS: Final[tuple[tuple[re.Pattern[str], Callable[[Namespace, re.Match[str]], HostError]], ...]] = (
    (re.compile(r"context \S+ does not exist|context was not found for specified context"), _no_context),
    (re.compile(r"connection to the server localhost:8080 was refused"), _no_cluster),
    (re.compile(r"Missing or incomplete configuration info|current-context is not set"), _no_cluster),
    (re.compile(r"The connection to the server \S+ was refused"), _silent),
    (re.compile(r"Unable to connect to the server: .*"), _silent),
    (re.compile(r"\(Unauthorized\)|must be logged in to the server"), _no_login),
    # Of several kinds that are asked for at once, each is refused in a line of its own: the first is enough.
    (
        re.compile(
            r"\(Forbidden\).*?: User \"(?P<user>[^\"]*)\" (?P<what>cannot .*?)(?= Error from server|$)"
        ),
        _forbidden,
    ),
    (re.compile(r"\(NotFound\): (error when \S+ .*: )?namespaces \"\S+\" not found"), _no_namespace),
    (
        re.compile(
            r"doesn't have a resource type \"(topologies|nodes)\""
            r"|no matches for kind \"(Topology|Node)\" in version \"c9s.run"
        ),
        _no_c9s,
    ),
)
