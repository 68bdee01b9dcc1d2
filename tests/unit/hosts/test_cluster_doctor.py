"""What `doctor` says of a cluster, over a kubectl that says what it is told to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.cluster_doctor import diagnose_cluster
from orchestrator.hosts.doctor import Row, Verdict
from orchestrator.hosts.kubectl import Namespace
from tests.unit.fake_kubectl import Answer

if TYPE_CHECKING:
    from tests.unit.fake_kubectl import FakeKubectl

WHERE = Namespace("west", "lab")
VERSION = json.dumps({"serverVersion": {"gitVersion": "v1.35.4"}})
SERVED = "links.c9s.run\nnodeprofiles.c9s.run\nnodes.c9s.run\ntopologies.c9s.run\n"


def namespace(enforced: str) -> Answer:
    labels = {"pod-security.kubernetes.io/enforce": enforced} if enforced else {}
    return Answer(json.dumps({"metadata": {"name": "lab", "labels": labels}}))


def pods(*workers: str) -> Answer:
    items = [{"metadata": {"name": f"pe-{one}"}, "spec": {"nodeName": one}} for one in workers]
    return Answer(json.dumps({"items": items}))


def rows(kubectl: FakeKubectl, **changed: Answer) -> dict[str, Row]:
    """Of a cluster that has all, but for what is changed."""
    for words, answer in {
        "version": Answer(VERSION),
        "get namespace": namespace("privileged"),
        "api-resources": Answer(SERVED),
        "can-i patch pods": Answer("yes\n"),
        "can-i": Answer("yes\n"),
        "get pods": pods("w1"),
        "exec": Answer(),
    }.items():
        kubectl.says(words, changed.get(words.replace(" ", "_").replace("-", "_"), answer))
    return {row.name: row for row in diagnose_cluster(WHERE).rows}


def test_a_cluster_that_has_all(kubectl: FakeKubectl) -> None:
    found = rows(kubectl)
    assert {row.verdict for row in found.values()} == {Verdict.GOOD}
    assert [(row.name, row.has) for row in found.values()] == [
        ("cluster", "Kubernetes v1.35.4"),
        ("namespace", "lab"),
        ("clabernetes", "0.9 or later"),
        ("rights", "all that labs need"),
        ("worker w1", "MPLS, VRFs"),
    ]
    diagnosis = diagnose_cluster(WHERE)
    assert (diagnosis.host, diagnosis.runtime) == ("k8s://west/lab", "c9s")


def test_nothing_is_changed_by_looking(kubectl: FakeKubectl) -> None:
    rows(kubectl)
    verbs = {one[2] for one in kubectl.asked()}
    assert verbs == {"version", "get", "api-resources", "auth", "exec"}
    (script,) = kubectl.read("exec --stdin")
    assert "modprobe -a mpls_router" in script  # said, not done


@pytest.mark.parametrize(
    ("changed", "name", "has", "note"),
    [
        (
            {"version": Answer(VERSION.replace("1.35", "1.30"))},
            "cluster",
            "Kubernetes v1.30.4",
            "Kubernetes v1.30.4 is too old, 1.31 is needed",
        ),
        (
            {
                "get_namespace": Answer(
                    err='Error from server (NotFound): namespaces "lab" not found', status=1
                )
            },
            "namespace",
            "no 'lab'",
            "labs are made in one that is there",
        ),
        ({"get_namespace": namespace("baseline")}, "namespace", "lab, baseline", "nodes are privileged pods"),
        (
            {"api_resources": Answer()},
            "clabernetes",
            "none",
            "it makes the nodes: see c9s.run/docs/installation",
        ),
        (
            {"api_resources": Answer(SERVED.replace("nodeprofiles", "launcherprofiles"))},
            "clabernetes",
            "older than 0.9",
            "0.9 and later run nodes as pods of their own: see c9s.run/docs/installation",
        ),
        (
            {"can_i_patch_pods": Answer("no\n", status=1)},
            "rights",
            "may not patch pods",
            "a role of this user in namespace lab has to grant it",
        ),
        (
            {"exec": Answer(err="the kernel of its worker has not loaded vrf\nexit code 1\n", status=1)},
            "worker w1",
            "lacks something",
            "the kernel of its worker has not loaded vrf",
        ),
    ],
)
def test_each_lack_is_a_row(
    kubectl: FakeKubectl, changed: dict[str, Answer], name: str, has: str, note: str
) -> None:
    found = rows(kubectl, **changed)
    assert (found[name].has, found[name].verdict, found[name].note) == (has, Verdict.LACKS, note)
    assert [one.name for one in found.values() if one.verdict is Verdict.LACKS] == [name]
    diagnosis = diagnose_cluster(WHERE)
    assert diagnosis.host is None
    assert diagnosis.why == f"no lab can be on k8s://west/lab yet: see {name}"


def test_what_cannot_be_known_is_a_note(kubectl: FakeKubectl) -> None:
    forbidden = 'Error from server (Forbidden): namespaces "lab" is forbidden: User "joe" cannot get it'
    found = rows(kubectl, get_namespace=Answer(err=forbidden, status=1), get_pods=pods())
    assert [(one.name, one.verdict) for one in found.values() if one.note] == [
        ("namespace", Verdict.NOTE),
        ("workers", Verdict.NOTE),
    ]


def test_a_namespace_without_a_label_is_a_note(kubectl: FakeKubectl) -> None:
    assert rows(kubectl, get_namespace=namespace(""))["namespace"].verdict is Verdict.NOTE


def test_a_cluster_that_does_not_answer_is_one_row(kubectl: FakeKubectl) -> None:
    refused = Answer(err="Unable to connect to the server: dial tcp: i/o timeout", status=1)
    (row,) = rows(kubectl, version=refused).values()
    assert (row.name, row.verdict) == ("cluster", Verdict.LACKS)
    assert "does not answer" in row.note


def test_each_worker_is_looked_at_once(kubectl: FakeKubectl) -> None:
    found = rows(kubectl, get_pods=pods("w1", "w2", "w1"))
    assert {"worker w1", "worker w2"} <= found.keys()
    assert len(kubectl.asked("exec --stdin")) == 2
