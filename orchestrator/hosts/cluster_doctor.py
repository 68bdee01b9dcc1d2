"""What a namespace of a cluster has and lacks for labs; nothing is changed there."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from orchestrator.hosts.base import HostError
from orchestrator.hosts.cluster import too_old
from orchestrator.hosts.doctor import C9S, Diagnosis, Row, Verdict
from orchestrator.hosts.kubectl import INSTALL, Kubectl, Namespace, last_line
from orchestrator.printable import printable
from orchestrator.scripts import script

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WORKER: Final = "hosts/worker.sh"
"""Run in a node's pod: what the kernel of its worker has not loaded."""

_LOOK_SECONDS: Final = 30
_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_NEEDED: Final = ("topologies.c9s.run", "nodes.c9s.run")
_SINCE_0_9: Final = "nodeprofiles.c9s.run"
_RIGHTS: Final = (
    *((verb, "topologies.c9s.run", "") for verb in ("list", "create", "patch", "delete")),
    ("list", "nodes.c9s.run", ""),
    ("list", "deployments.apps", ""),
    ("list", "pods", ""),
    ("patch", "pods", ""),
    ("create", "pods", "exec"),
    ("create", "pods", "portforward"),
)


def diagnose_cluster(namespace: Namespace) -> Diagnosis:
    """Look at a namespace, as far as it lets itself be looked at."""
    rows = tuple(_rows(namespace))
    lacking = list(dict.fromkeys(row.name for row in rows if row.verdict is Verdict.LACKS))
    if lacking:
        return Diagnosis(rows, None, None, f"no lab can be on {namespace} yet: see {' and '.join(lacking)}")
    return Diagnosis(rows, str(namespace), C9S, "asked for")


def _rows(namespace: Namespace) -> Iterator[Row]:
    try:
        kubectl = Kubectl(namespace)
        said = kubectl.ask("ask for its version", "version", "--output=json", timeout=_LOOK_SECONDS)
        version = json.loads(said)["serverVersion"]["gitVersion"]
    except HostError as error:
        yield Row("cluster", "unreachable", Verdict.LACKS, str(error))
        return
    problem = too_old(version)
    yield Row("cluster", f"Kubernetes {version}", Verdict.LACKS if problem else Verdict.GOOD, problem)
    for look in (_namespace, _clabernetes, _rights, _workers):
        try:
            yield from look(kubectl)
        except HostError as error:
            yield Row(look.__name__.strip("_"), "cannot be looked at", Verdict.LACKS, str(error))


def _namespace(kubectl: Kubectl) -> Iterator[Row]:
    name = kubectl.namespace.name
    done = kubectl.run("get", "namespace", name, "--output=json", timeout=_LOOK_SECONDS)
    if b"(NotFound)" in done.stderr:
        fix = f"kubectl create namespace {name}"
        yield Row("namespace", f"no '{name}'", Verdict.LACKS, "labs are made in one that is there", fix)
    elif not done.ok:
        why = "this user may not look whether it admits privileged pods, which nodes are"
        yield Row("namespace", name, Verdict.NOTE, why)
    else:
        labels = json.loads(done.text)["metadata"].get("labels") or {}
        yield admission(name, labels.get(_ENFORCE, ""))


def admission(name: str, enforced: str) -> Row:
    """Whether a namespace admits nodes, by what its label says (Pod Security Standards)."""
    if enforced in {"", "privileged"}:
        note = "" if enforced else "whether it admits privileged pods is as the cluster has it by itself"
        return Row("namespace", name, Verdict.GOOD if enforced else Verdict.NOTE, note)
    fix = f"kubectl label --overwrite namespace {name} {_ENFORCE}=privileged"
    return Row("namespace", f"{name}, {enforced}", Verdict.LACKS, "nodes are privileged pods", fix)


def _clabernetes(kubectl: Kubectl) -> Iterator[Row]:
    words = "api-resources", "--api-group=c9s.run", "--output=name"
    yield clabernetes(kubectl.ask("list the resources of c9s.run", *words, timeout=_LOOK_SECONDS).split())


def clabernetes(resources: Iterable[str]) -> Row:
    """What the cluster serves of clabernetes' API."""
    there = frozenset(resources)
    if not there.issuperset(_NEEDED):
        return Row("clabernetes", "none", Verdict.LACKS, f"it makes the nodes: see {INSTALL}")
    if _SINCE_0_9 not in there:
        note = f"0.9 and later run nodes as pods of their own: see {INSTALL}"
        return Row("clabernetes", "older than 0.9", Verdict.LACKS, note)
    return Row("clabernetes", "0.9 or later")


def _rights(kubectl: Kubectl) -> Iterator[Row]:
    def may(right: tuple[str, str, str]) -> bool:
        verb, what, part = right
        words = "auth", "can-i", verb, what, *([f"--subresource={part}"] if part else [])
        done = kubectl.run(*words, timeout=_LOOK_SECONDS)
        if not done.ok and done.text.strip() != "no":
            raise kubectl.meaning(done, f"ask whether one may {verb} {what}")
        return done.ok

    with ThreadPoolExecutor(4) as pool:
        granted = list(pool.map(may, _RIGHTS))
    denied = [
        f"{verb} {what}{f'/{part}' if part else ''}"
        for (verb, what, part), good in zip(_RIGHTS, granted, strict=True)
        if not good
    ]
    if denied:
        why = f"a role of this user in namespace {kubectl.namespace.name} has to grant it"
        yield Row("rights", f"may not {', '.join(denied)}", Verdict.LACKS, why)
    else:
        yield Row("rights", "all that labs need")


def _workers(kubectl: Kubectl) -> Iterator[Row]:
    """Of each worker that has a node: a kernel can be looked at only from a pod on it."""
    words = "get", "pods", "--selector=c9s.run/direct-workload", "--field-selector=status.phase=Running"
    said = kubectl.ask("list the pods", *words, "--output=json", timeout=_LOOK_SECONDS)
    pods: dict[str, Any] = {one["spec"]["nodeName"]: one for one in json.loads(said)["items"]}
    if not pods:
        note = "a worker's modules can be seen from a node on it alone: `up` looks before it opens one"
        yield Row("workers", "not looked at", Verdict.NOTE, note)
    for worker, pod in sorted(pods.items()):
        name = f"worker {printable(worker)}"
        shell = "exec", "--stdin", pod["metadata"]["name"], "--", "sh", "-s"
        done = kubectl.run(*shell, stdin=script(WORKER).encode(), timeout=_LOOK_SECONDS)
        if done.ok:
            yield Row(name, "MPLS, VRFs")
        else:
            first = done.stderr.decode("utf-8", "replace").strip().splitlines()[:1]
            yield Row(
                name, "lacks something", Verdict.LACKS, printable(first[0] if first else last_line(done))
            )
