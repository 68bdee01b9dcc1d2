from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from orchestrator.hosts.base import CannotRunHere
from orchestrator.loading import load_lab
from orchestrator.render.daemons import daemons
from orchestrator.runtimes.base import DeployFailed, Deployment, NameTaken, NodeKeys, NodeState
from orchestrator.runtimes.containerlab_plan import (
    Plan,
    Survey,
    bootstrap_script,
    deploy_script,
    destroy_script,
    plan,
    survey,
)
from orchestrator.runtimes.containerlab_state import OBSERVE, Container, Observed
from tests.unit.runtimes.test_containerlab_state import OBSERVED, recorded

LAB = load_lab(Path(__file__).parents[3] / "labs" / "two-vpns")
TEXT = LAB.topology.file.read_text()
WANTED = Deployment(LAB.topology, "/labs/two-vpns", daemons(LAB), ())
FRESH = Survey.read(recorded("survey-fresh"))
AGAIN = Survey.read(recorded("survey-again"))
FILE = "/var/lib/l3vpn/containerlab/two-vpns/two-vpns.clab.yml"


def healthy() -> tuple[Container, ...]:
    """The recorded lab, had nobody stopped anything."""
    cables = {
        node.name: {end.interface for link in LAB.topology.links for end in link if end.node == node.name}
        for node in LAB.topology.nodes
    }
    return tuple(
        replace(one, state=NodeState.RUNNING, interfaces=frozenset(cables[one.node] | {"lo", "eth0"}))
        for one in OBSERVED.labs["two-vpns"]
    )


def decide(*containers: Container, found: Survey = AGAIN, image: str | None = None) -> Plan:
    return plan(WANTED, TEXT, Observed({"two-vpns": containers} if containers else {}), found, image)


def test_what_a_host_has() -> None:
    assert FRESH.images == {"l3vpn-node:latest"}
    assert FRESH.before is None
    assert IPv4Network("198.18.255.0/24") in AGAIN.networks
    assert AGAIN.before is not None
    assert AGAIN.before.startswith("name: two-vpns\n")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "survey-without-docker",
            "Docker is not installed: see docs.docker.com/engine/install, or use --runtime netns",
        ),
        ("survey-without-engine", "Docker is not running: sudo systemctl start docker"),
        (
            "survey-as-a-user",
            "this user may not use Docker: sudo usermod --append --groups docker $USER, then log in again",
        ),
        (
            "survey-without-containerlab",
            "containerlab is not installed: see containerlab.dev/install, or use --runtime netns",
        ),
    ],
)
def test_what_a_host_lacks(name: str, shown: str) -> None:
    with pytest.raises(CannotRunHere) as refusal:
        Survey.read(recorded(name))
    assert str(refusal.value) == shown


def test_modules_that_cannot_be_loaded_are_named_with_the_command() -> None:
    with pytest.raises(CannotRunHere) as refusal:
        Survey.read(recorded("survey-fresh").replace("@modules\n", "@modules\nmpls_router\nvrf\n"))
    assert str(refusal.value) == (
        "this machine's kernel has not loaded mpls_router, vrf: sudo modprobe -a mpls_router vrf "
        "(Ubuntu has them in linux-modules-extra-$(uname -r))"
    )


def test_a_new_lab_is_deployed_from_a_rendered_copy_in_the_last_subnet() -> None:
    todo = decide(found=FRESH)
    assert (todo.file, todo.remove, todo.deploy) == (FILE, (), True)
    assert todo.text is not None
    assert 'ipv4-subnet: "198.18.255.0/24"' in todo.text


def test_a_lab_that_runs_as_wanted_is_left_alone() -> None:
    assert not decide(*healthy()).deploy


def test_the_recorded_lab_is_repaired_in_its_own_subnet() -> None:
    todo = decide(*OBSERVED.labs["two-vpns"])
    assert (todo.remove, todo.deploy) == (("clab-two-vpns-p1", "clab-two-vpns-pe2"), True)
    assert todo.text == AGAIN.before


def test_a_lost_cable_alone_is_reason_enough() -> None:
    pe1, *others = healthy()
    todo = decide(replace(pe1, interfaces=frozenset({"lo", "eth0"})), *others)
    assert (todo.remove, todo.deploy) == ((), True)


def test_so_is_a_node_that_is_missing() -> None:
    assert decide(*healthy()[1:]).deploy


def test_so_is_a_file_that_has_changed() -> None:
    changed = plan(WANTED, TEXT + "debug: {}\n", Observed({"two-vpns": healthy()}), AGAIN, None)
    assert changed.deploy


def test_a_lab_of_others_is_repaired_with_their_own_file() -> None:
    theirs = tuple(replace(one, folder=None, file="/labs/two-vpns/x.clab.yml") for one in healthy())
    assert decide(*theirs) == Plan("two-vpns", "/labs/two-vpns/x.clab.yml", None, (), deploy=False)


def test_the_name_of_a_lab_belongs_to_one_folder() -> None:
    with pytest.raises(NameTaken) as refusal:
        plan(replace(WANTED, folder="/elsewhere"), TEXT, OBSERVED, AGAIN, None)
    assert str(refusal.value) == (
        "lab 'two-vpns' is already up from /labs/two-vpns; take it down first or give this one another name"
    )


def test_a_management_subnet_is_taken_from_nobody() -> None:
    busy = replace(FRESH, networks=(IPv4Network("198.18.254.0/23"), IPv4Network("198.18.253.128/25")))
    todo = plan(replace(WANTED, avoid=(IPv4Network("198.18.252.7/32"),)), TEXT, Observed(), busy, None)
    assert todo.text is not None
    assert 'ipv4-subnet: "198.18.251.0/24"' in todo.text
    with pytest.raises(DeployFailed):
        plan(WANTED, TEXT, Observed(), replace(FRESH, networks=(IPv4Network("198.16.0.0/12"),)), None)


def test_an_image_that_only_make_image_has_must_be_here() -> None:
    with pytest.raises(CannotRunHere) as refusal:
        decide(found=replace(FRESH, images=frozenset({"other:latest"})))
    assert str(refusal.value) == "Docker has no image 'l3vpn-node': `make image` builds the nodes' own"
    with pytest.raises(CannotRunHere):
        decide(found=FRESH, image="l3vpn-node:8.4")
    # What has a registry's name is containerlab's to fetch.
    assert decide(found=FRESH, image="quay.io/frrouting/frr:10.3.0").deploy


ACCESS = NodeKeys("ssh-ed25519 AAAA it's", lambda lab, node: f"KEY OF {node}'S\n{lab}\n")
BACK = IPv4Network("198.19.255.1/32")


def test_all_scripts_are_shell() -> None:
    scripts = (
        OBSERVE,
        survey("two-vpns"),
        deploy_script(decide(*OBSERVED.labs["two-vpns"])),
        bootstrap_script("two-vpns", OBSERVED.labs["two-vpns"], daemons(LAB), ACCESS, BACK),
        destroy_script("two-vpns"),
    )
    for script in scripts:
        subprocess.run(["sh", "-n"], input=script, text=True, check=True)


def given(back: IPv4Network | None) -> dict[str, list[str]]:
    """By node, what its container's shell gets as arguments, and then the container."""
    script = bootstrap_script(
        "plain", OBSERVED.labs["plain"], {"pe1": ("zebra", "bgpd"), "ce1": ("zebra",)}, ACCESS, back
    )
    calls = script[script.index("\nbootstrap ") :]
    found: dict[str, list[str]] = {}
    for call in calls.removesuffix("&\nwait\n").split(" &\n"):
        _, node, container, line = shlex.split(call)
        found[node] = [*shlex.split(line), container]
    return found


def test_a_node_is_opened_with_its_own_daemons_and_the_way_back() -> None:
    way = ["172.20.20.1", "198.19.255.1/32"]
    arguments = given(BACK)
    assert arguments["pe1"][4:] == [*way, "zebra", "bgpd", "clab-plain-pe1"]
    assert arguments["ce1"][4:] == [*way, "zebra", "clab-plain-ce1"]


def test_a_node_is_given_its_own_host_key_and_no_other() -> None:
    for node, (set_, dashes, login, host_key, *_) in given(BACK).items():
        assert (set_, dashes, login) == ("set", "--", "ssh-ed25519 AAAA it's")
        assert host_key == f"KEY OF {node}'S\nplain"


def test_on_link_sessions_need_no_way_back() -> None:
    assert given(None)["pe1"][4:6] == ["172.20.20.1", "-"]
