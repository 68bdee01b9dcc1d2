"""What is made of an answer of `kubectl get`, and how long nodes are waited for."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest

from orchestrator.model.topology import Role
from orchestrator.runtimes.base import DeployFailed, NodeState, RunningNode
from orchestrator.runtimes.c9s_patience import STILL_SECONDS, TROUBLE_SECONDS, Patience
from orchestrator.runtimes.c9s_state import Observed, SeenLab, SeenNode
from tests.unit.runtimes.c9s.objects import Json, answer, node, pod, topology

if TYPE_CHECKING:
    from collections.abc import Iterable


def seen(*items: Json) -> SeenLab:
    return Observed.read(answer(topology(), *items)).labs["small"]


def only(*items: Json) -> SeenNode:
    (one,) = seen(*items).nodes
    return one


def test_a_node_that_was_opened_runs() -> None:
    (one,) = seen(node("pe1"), pod("pe1", opened="containerd://1 bgpd isisd")).running.nodes
    began = datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert one == RunningNode("pe1", Role.PE, IPv4Address("10.0.0.7"), NodeState.RUNNING, began)


@pytest.mark.parametrize(
    ("there", "state"),
    [
        (pod("pe1"), NodeState.NOT_BOOTSTRAPPED),
        (pod("pe1", opened="containerd://0 bgpd"), NodeState.NOT_BOOTSTRAPPED),  # it was started again
        (pod("pe1", start=None, opened="containerd://1"), NodeState.STOPPED),
        (pod("pe1", address=None), NodeState.STOPPED),
        (pod("pe1", address="2001:db8::7"), NodeState.STOPPED),
    ],
)
def test_a_node_whose_container_is_another_one_is_closed(there: Json, state: NodeState) -> None:
    assert only(node("pe1"), there).state is state


def test_a_node_without_a_pod_does_not_run() -> None:
    assert only(node("pe1")).state is NodeState.STOPPED


def test_of_two_pods_the_one_that_stays_counts() -> None:
    going = pod("pe1", address="10.0.0.1")
    going["metadata"]["deletionTimestamp"] = "2026-11-30T10:00:00Z"
    one = only(node("pe1"), pod("pe1", address="10.0.0.2"), going)
    assert one.pod is not None
    assert one.pod.address == IPv4Address("10.0.0.2")


def test_labs_of_one_namespace_are_told_apart() -> None:
    said = answer(topology(), topology("other", folder=None), node("pe1"), node("pe9", lab="other"))
    labs = Observed.read(said).labs
    assert [[one.name for one in lab.nodes] for lab in labs.values()] == [["pe1"], ["pe9"]]
    assert [lab.folder for lab in labs.values()] == ["/labs/small", None]


def test_what_is_no_router_of_a_lab_is_no_node_of_it() -> None:
    assert seen(node("x", role=None), node("y", role="leaf"), node("pe1")).running.addresses.keys() == {"pe1"}


NOT_READY = node("pe1", ready=False)
UNSCHEDULED = pod("pe1", start=None, worker=None, address=None)
UNSCHEDULED["status"]["conditions"] = [
    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/2 nodes are\nfree"}
]
VIOLATES = 'pods "pe1-6b" is forbidden: violates PodSecurity "baseline:latest": privileged'
REFUSED = {
    "kind": "Deployment",
    "metadata": {"name": "pe1"},
    "status": {
        "conditions": [
            {
                "type": "ReplicaFailure",
                "status": "True",
                "reason": "FailedCreate",
                "message": VIOLATES,
            }
        ]
    },
}
INVALID = node("pe1", ready=False, PlanApplied=("False", "PlanRejected", "no kind 'x'"))
PENDING = node("pe1", ready=False, PlanApplied=("False", "PlanPending", ""))
UNWIRED = node("pe1", ready=False, PlanApplied=("True", "P", ""), ConnectivityReady=("False", "W", ""))


@pytest.mark.parametrize(
    ("items", "waits_for", "trouble"),
    [
        ((NOT_READY,), "is being planned", ""),
        ((PENDING,), "is being planned", ""),
        ((INVALID,), "is being planned", "clabernetes refuses it: PlanRejected: no kind 'x'"),
        (
            (NOT_READY, REFUSED),
            "is being planned",
            f"its pod is refused: FailedCreate: {VIOLATES}",
        ),
        ((NOT_READY, UNSCHEDULED), "waits for a worker", "no worker takes its pod: 0/2 nodes are free"),
        ((NOT_READY, pod("pe1", start=None, waiting=("ContainerCreating", ""))), "is being made on w1", ""),
        (
            (NOT_READY, pod("pe1", start=None, waiting=("ImagePullBackOff", "Back-off: x not found"))),
            "router: ImagePullBackOff",
            "image registry.example/l3vpn-node:1 cannot be pulled: ImagePullBackOff: Back-off: x not found",
        ),
        (
            (NOT_READY, pod("pe1", start=None, waiting=("CrashLoopBackOff", "ended \x1b[1m"))),
            "router: CrashLoopBackOff",
            "container router: CrashLoopBackOff: ended \\x1b[1m",
        ),
        ((UNWIRED, pod("pe1")), "lacks ConnectivityReady", ""),
        ((NOT_READY, pod("pe1")), "is not ready", ""),
        ((node("pe1"), pod("pe1")), "", ""),
    ],
)
def test_what_a_node_waits_for_and_what_keeps_it(items: Iterable[Json], waits_for: str, trouble: str) -> None:
    one = only(*items)
    assert (one.waits_for, one.trouble) == (waits_for, trouble)


def test_a_long_text_of_a_stranger_is_cut() -> None:
    assert len(only(node("pe1", ready=False, PlanApplied=("False", "X", "y" * 9999))).trouble) < 400


# ---- patience ----------------------------------------------------------------------------------------


def patient(*nodes: str) -> Patience:
    return Patience("small", nodes or ("pe1",))


def test_it_is_over_when_all_nodes_are_ready_for_what_was_applied_last() -> None:
    ready = node("pe1")
    assert patient().is_over(seen(ready), 0)
    assert not patient().is_over(Observed.read(answer(topology(seen=False), ready)).labs["small"], 0)
    assert not patient("pe1", "pe2").is_over(seen(ready), 0)
    assert not patient().is_over(seen(ready, node("pe2")), 0)  # of the lab as it was before
    assert not patient().is_over(seen(NOT_READY), 0)
    assert not patient().is_over(None, 0)


@pytest.mark.parametrize(
    ("lab", "words"),
    [
        (None, "waiting for clabernetes to take the lab in"),
        (
            Observed.read(answer(topology(seen=False), node("pe1"), node("pe2"))).labs["small"],
            "waiting for clabernetes to take the change in",
        ),
        (seen(NOT_READY, node("pe2")), "1 of 2 nodes ready; pe1 is being planned"),
        (seen(node("pe2")), "1 of 2 nodes ready; pe1 is not there yet"),
    ],
)
def test_one_who_waits_is_told_what_for(lab: SeenLab | None, words: str) -> None:
    assert patient("pe1", "pe2").words(lab) == words


def test_of_many_nodes_three_are_named() -> None:
    words = patient("a", "b", "c", "d", "e").words(seen())
    assert words == (
        "0 of 5 nodes ready; a is not there yet, b is not there yet, c is not there yet and 2 more"
    )


def test_trouble_is_borne_for_a_minute() -> None:
    patience, lab = patient(), seen(NOT_READY, UNSCHEDULED)
    assert not patience.is_over(lab, 100)
    assert not patience.is_over(lab, 99 + TROUBLE_SECONDS)
    with pytest.raises(DeployFailed, match=r"^node pe1: no worker takes its pod: 0/2 nodes are free$"):
        patience.is_over(lab, 100 + TROUBLE_SECONDS)


def test_trouble_that_has_passed_begins_anew() -> None:
    patience, lab = patient(), seen(NOT_READY, UNSCHEDULED)
    patience.is_over(lab, 0)
    patience.is_over(seen(NOT_READY), 30)
    assert not patience.is_over(lab, 61)


def test_what_clabernetes_cannot_make_at_all_is_said_first() -> None:
    error = "duplicate resources found in the lab namespace: node/pe1"
    lab = Observed.read(answer(topology(error=error), INVALID)).labs["small"]
    patience = patient()
    assert not patience.is_over(lab, 0)
    with pytest.raises(DeployFailed, match=f"^clabernetes cannot make lab 'small': {error}$"):
        patience.is_over(lab, TROUBLE_SECONDS)


def test_where_nothing_changes_it_is_given_up() -> None:
    patience = patient("pe1", "pe2")
    patience.is_over(seen(), 0)
    assert not patience.is_over(seen(node("pe2")), 500)
    assert not patience.is_over(seen(node("pe2")), 499 + STILL_SECONDS)
    with pytest.raises(
        DeployFailed,
        match=r"^lab 'small': nothing has changed for 600 s: 1 of 2 nodes ready; pe1 is not there",
    ):
        patience.is_over(seen(node("pe2")), 500 + STILL_SECONDS)
