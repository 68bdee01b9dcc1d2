"""Outputs under `containerlab/` were recorded with containerlab 0.79.0 and Docker 26.1.5.

There: lab two-vpns, deployed by us, of which p1 was then stopped and pe2 restarted; lab plain, deployed by
containerlab alone; lab other, whose node has no role in a VPN.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

import pytest

from orchestrator.hosts.base import CannotRunHere
from orchestrator.model.topology import Role
from orchestrator.runtimes.base import NodeState
from orchestrator.runtimes.containerlab_state import (
    Observed,
    cannot_list,
    check_version,
    complaint,
    docker_lacks,
)

RECORDED = Path(__file__).parent / "containerlab"


def recorded(name: str) -> str:
    return (RECORDED / f"{name}.txt").read_text()


OBSERVED = Observed.read(recorded("observe"))


def test_labs_of_ours_and_of_others_are_seen_and_those_without_roles_are_not_shown() -> None:
    assert set(OBSERVED.labs) == {"two-vpns", "plain", "other"}
    assert [lab.name for lab in OBSERVED.running()] == ["plain", "two-vpns"]


def test_a_stopped_and_a_restarted_node_are_distinguished_from_those_that_run() -> None:
    states = {one.node: one.state for one in OBSERVED.labs["two-vpns"]}
    assert states == {
        "pe1": NodeState.RUNNING,
        "p1": NodeState.STOPPED,
        "p2": NodeState.RUNNING,
        "pe2": NodeState.RESTARTED,
        "red1": NodeState.RUNNING,
        "red2": NodeState.RUNNING,
        "blue1": NodeState.RUNNING,
        "blue2": NodeState.RUNNING,
    }


def test_a_restarted_node_and_its_neighbours_have_lost_their_links() -> None:
    interfaces = {one.node: one.interfaces for one in OBSERVED.labs["two-vpns"]}
    assert interfaces["pe2"] == {"lo", "eth0"}
    assert interfaces["red2"] == {"lo", "eth0"}
    assert interfaces["pe1"] == {"lo", "eth0", "eth2", "eth3"}  # eth1 went with p1
    assert interfaces["p1"] == frozenset()


def test_a_lab_that_others_deployed_is_closed_and_has_the_folder_of_its_file() -> None:
    ce1, pe1 = OBSERVED.labs["plain"]
    assert (ce1.state, pe1.state) == (NodeState.NOT_BOOTSTRAPPED, NodeState.NOT_BOOTSTRAPPED)
    assert (ce1.role, pe1.role) == (Role.CE, Role.PE)  # by label, by group
    assert (pe1.name, pe1.folder, pe1.home) == ("clab-plain-pe1", None, "/labs/plain")
    assert (pe1.eth0, pe1.gateway) == (IPv4Interface("172.20.20.2/24"), IPv4Address("172.20.20.1"))


def test_our_lab_knows_the_folder_it_came_from_and_not_only_that_of_the_rendered_file() -> None:
    lab = OBSERVED.lab("two-vpns")
    assert (lab.folder, lab.management) == ("/labs/two-vpns", IPv4Network("198.18.255.0/24"))
    assert {one.file for one in OBSERVED.labs["two-vpns"]} == {
        "/var/lib/l3vpn/containerlab/two-vpns/two-vpns.clab.yml"
    }


def test_a_stopped_node_has_an_address_that_is_nobodys() -> None:
    addresses = OBSERVED.lab("two-vpns").addresses
    assert addresses["p1"] == IPv4Address("198.18.255.0")
    assert len(set(addresses.values())) == 8


def test_a_node_runs_since_its_last_start() -> None:
    since = {one.name: one.since for one in OBSERVED.lab("two-vpns").nodes}
    assert since["p1"] is None
    started = [one for one in since.values() if one is not None]
    assert max(started) == since["pe2"]  # restarted, after all others
    assert (max(started) - min(started)).total_seconds() < 60


@pytest.mark.parametrize("nothing", ["", "{}\n"])  # without the programs; without labs
def test_where_there_is_nothing_nothing_is_seen(nothing: str) -> None:
    assert Observed.read(nothing).running() == ()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "observe-as-a-user",
            "this user may not use Docker: sudo usermod --append --groups docker $USER, then log in again",
        ),
        ("observe-without-engine", "Docker is not running: sudo systemctl start docker"),
    ],
)
def test_why_labs_cannot_be_listed(name: str, shown: str) -> None:
    assert str(cannot_list(recorded(name))) == shown


def test_other_reasons_are_reported_in_containerlabs_words() -> None:
    said = "\n   ERROR  \n\n  Lab 'x' not found - no running\n  containers.\n\n"
    shown = "containerlab cannot list its labs: Lab 'x' not found - no running containers"
    assert str(cannot_list(said)) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "deploy-with-a-stopped-node",
            (
                'Desired endpoint p1:eth1 cannot be reconciled: node "p1": cannot exec a command, container '
                "network namespace is not available (status=Stopped)"
            ),
        ),
        (
            "deploy-into-a-taken-subnet",
            (
                'Subnet 198.18.255.0/24 already in use by Docker network "l3vpn-two-vpns". See '
                "https://containerlab.dev/manual/network/"
            ),
        ),
    ],
)
def test_why_a_deploy_failed_is_reported_in_one_line(name: str, shown: str) -> None:
    assert docker_lacks(recorded(name)) is None
    assert complaint(recorded(name)) == shown


def test_what_is_no_box_is_reported_by_its_last_line() -> None:
    assert complaint("one\ntwo\n\n") == "two"
    assert complaint("") == "it said nothing"


@pytest.mark.parametrize("said", ["0.79.0\n", "0.80.1\n", "1.0.0\n", "0.0.0\n"])
def test_versions_that_will_do(said: str) -> None:
    """A program from `go build` says 0.0.0, whatever it is."""
    check_version(said)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "0.68.0\n",
            "containerlab 0.68.0 is too old, 0.79 is needed: sudo containerlab version upgrade",
        ),
        ("Segmentation fault\n", "containerlab does not say its version: Segmentation fault"),
    ],
)
def test_versions_that_will_not(said: str, shown: str) -> None:
    with pytest.raises(CannotRunHere) as refusal:
        check_version(said)
    assert str(refusal.value) == shown
