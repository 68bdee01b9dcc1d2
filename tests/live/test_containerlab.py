"""The default lab with the real containerlab and a real Docker engine, in a guest of this test's own.

The tests of this module go through one lab's life, in their order: each leaves it whole for the next.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.hosts import guest_docker
from orchestrator.hosts.guest import Guest
from orchestrator.hosts.programs import find
from orchestrator.settings import Places
from orchestrator.verification.kit.check import Verdict
from tests.live.here import RECIPE, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        not (os.environ.get("CI") or find("go") or find("containerlab")),
        reason="this machine has neither containerlab nor the Go to build it with",
    ),
]

LAB = Path(__file__).parents[2] / "labs" / "two-vpns"
_SECONDS = 900  # the first `up` builds all that is not in the cache


def silent(_: str) -> None:
    """Nobody waits in front of a test."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who types `l3vpn` with runtime containerlab chosen, and may look into the guest."""

    places: Places

    def says(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """What a command line comes to."""
        return subprocess.run(
            [sys.executable, "-m", "orchestrator", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
            env={
                **os.environ,
                "XDG_STATE_HOME": str(self.places.state.parent),
                "L3VPN_HOST": "guest",
                "L3VPN_RUNTIME": "containerlab",
                **environ,
            },
        )

    def succeeds(self, *words: str) -> str:
        """What a command line prints that must end with 0."""
        done = self.says(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def nodes(self) -> dict[str, dict[str, str]]:
        """The nodes of the lab by name, as `status` shows them."""
        status: Any = json.loads(self.succeeds("status", "two-vpns", "--format", "json"))
        return {node["name"]: node for node in status["nodes"]}

    def failing(self) -> set[str]:
        """The checks that do not hold."""
        done = self.says("verify", "two-vpns", "--format", "json", "--timeout", "8")
        checks: Any = json.loads(done.stdout)["checks"]
        verdicts = {check["id"]: Verdict(check["verdict"]) for check in checks}
        assert done.returncode == (0 if set(verdicts.values()) == {Verdict.PASS} else 1)
        return {check for check, verdict in verdicts.items() if verdict is Verdict.FAIL}

    def in_guest(self, command: str) -> str:
        """What a command in the guest prints."""
        guest = Guest.attach(self.places)
        try:
            return guest.run(command, timeout=120).expect_ok(command).text
        finally:
            guest.close()


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    places = Places(cache=SETTINGS.places.cache, state=tmp_path_factory.mktemp("state") / "l3vpn")
    yield User(places)
    Guest.stop(silent, places)


def test_up_deploys_configures_and_proves(user: User) -> None:
    before = {path: path.read_bytes() for path in LAB.rglob("*") if path.is_file()}
    assert "checks hold" in user.succeeds("up", "two-vpns")
    assert user.failing() == set()
    assert {path: path.read_bytes() for path in LAB.rglob("*") if path.is_file()} == before


def test_a_link_and_a_node_are_failed_and_restored(user: User) -> None:
    said = user.succeeds("scenario", "two-vpns", "pe-lost", "--timeout", "60")
    assert "1 of 1 scenarios hold" in said
    user.succeeds("fail", "two-vpns", "p1-p2", "--silent")
    assert "as failed (link p1-p2 silent): all" in user.succeeds("verify", "two-vpns")
    user.succeeds("restore", "two-vpns")
    user.succeeds("verify", "two-vpns")


def test_containerlab_itself_keeps_working_beside_us(user: User) -> None:
    inspected: Any = json.loads(user.in_guest("containerlab inspect --all -f json"))
    there = {one["name"].removeprefix("clab-two-vpns-"): one for one in inspected["two-vpns"]}
    nodes = user.nodes()
    assert {name: one["state"] for name, one in there.items()} == dict.fromkeys(nodes, "running")
    assert {name: one["ipv4_address"].split("/")[0] for name, one in there.items()} == {
        name: node["address"] for name, node in nodes.items()
    }
    said = user.in_guest("containerlab exec --name two-vpns --label clab-node-name=pe1 --cmd hostname 2>&1")
    assert "pe1" in said


def test_what_is_broken_is_seen_and_push_repairs_it(user: User) -> None:
    user.succeeds("exec", "two-vpns", "p1", "--", "sysctl", "-w", "net.mpls.conf.eth2.input=0")
    assert "kernel.mpls-input.p1" in user.failing()
    user.succeeds("push", "two-vpns")
    assert user.failing() == set()
    assert user.succeeds("push", "two-vpns").strip().endswith("no difference")


def test_management_carries_nothing(user: User) -> None:
    nodes = user.nodes()
    ping = ("ping", "-c", "1", "-W", "1", nodes["pe2"]["address"])
    assert user.says("exec", "two-vpns", "pe1", "--", *ping).returncode == 1
    # What Docker does to every container, done again.
    gateway = IPv4Address(nodes["p1"]["address"].rpartition(".")[0] + ".1")
    user.succeeds("exec", "two-vpns", "p1", "--", "ip", "route", "add", "default", "via", str(gateway))
    assert "kernel.management.p1" in user.failing()
    user.succeeds("push", "two-vpns")
    assert user.failing() == set()


def test_a_stopped_and_a_restarted_node_are_named_and_repaired(user: User) -> None:
    user.in_guest("docker stop -t 0 clab-two-vpns-p1; docker restart -t 0 clab-two-vpns-pe2")
    nodes = user.nodes()
    assert {nodes[name]["state"] for name in nodes if name not in {"p1", "pe2"}} == {"running"}
    assert (nodes["p1"]["state"], nodes["pe2"]["state"]) == ("stopped", "restarted")
    refused = user.says("exec", "two-vpns", "pe2", "--", "true")
    assert refused.returncode == 255
    assert refused.stderr == (
        "l3vpn: node pe2 was restarted and has lost its links: `l3vpn up two-vpns` fixes it\n"
    )
    user.succeeds("up", "two-vpns")
    assert {node["state"] for node in user.nodes().values()} == {"running"}


def test_a_lab_that_is_half_there_is_made_whole(user: User) -> None:
    user.in_guest("docker rm -f clab-two-vpns-red1 clab-two-vpns-p2")
    refused = user.says("push", "two-vpns")
    assert refused.returncode == 4
    assert "l3vpn: p2: is not there: `l3vpn up two-vpns` fixes it\n" in refused.stderr
    user.succeeds("up", "two-vpns")
    assert user.failing() == set()


def test_another_lab_of_that_name_is_refused(user: User, tmp_path: Path) -> None:
    other = shutil.copytree(LAB, tmp_path / "two-vpns")
    refused = user.says("up", str(other))
    assert refused.returncode == 2
    assert refused.stderr == (
        f"l3vpn: lab 'two-vpns' is already up from {LAB}; take it down first (l3vpn down {LAB}) "
        "or give this one another name\n"
    )


def test_a_missing_image_is_named_and_nothing_is_left(user: User, tmp_path: Path) -> None:
    other = shutil.copytree(LAB, tmp_path / "other")
    file = (other / "two-vpns.clab.yml").rename(other / "other.clab.yml")
    file.write_text(file.read_text().replace("name: two-vpns", "name: other"))
    refused = user.says("up", str(other), L3VPN_IMAGE="no-such-image")
    assert refused.returncode == 3
    assert (
        refused.stderr == "l3vpn: Docker has no image 'no-such-image': `make image` builds the nodes' own\n"
    )
    assert user.in_guest("ls /var/lib/l3vpn/containerlab") == "two-vpns\n"


def test_an_engine_that_has_ended_is_named_and_started_again(user: User) -> None:
    user.in_guest("kill $(cat /run/docker.pid); tail --pid=$(cat /run/docker.pid) -f /dev/null")
    refused = user.says("verify", "two-vpns")
    assert refused.returncode == 3
    assert refused.stderr == "l3vpn: Docker is not running: sudo systemctl start docker\n"
    user.succeeds("up", "two-vpns")


def test_down_removes_all_and_powers_the_guest_off(user: User) -> None:
    assert user.succeeds("down", "two-vpns").strip().endswith("two-vpns is down")
    assert user.succeeds("down", "two-vpns") == "two-vpns is not up\n"
    assert user.says("exec", "two-vpns", "pe1", "--", "true").returncode == 255
    assert Guest.status(user.places).pid is None


def test_a_lab_that_containerlab_deployed_is_served_and_left_to_it(user: User) -> None:
    guest_docker.start(silent, replace(SETTINGS, places=user.places), RECIPE).close()
    text = (LAB / "two-vpns.clab.yml").read_text()
    user.in_guest(f"mkdir -p {LAB}; cat >{LAB}/two-vpns.clab.yml <<'EOF'\n{text}EOF\n")
    user.in_guest(f"containerlab deploy -t {LAB}/two-vpns.clab.yml 2>&1")

    user.succeeds("push", "two-vpns")
    assert user.says("verify", "two-vpns").returncode == 0
    assert user.nodes()["pe1"]["address"].startswith("172.20.20.")

    refused = user.says("down", "two-vpns")
    assert refused.returncode == 2
    assert refused.stderr == (
        "l3vpn: lab 'two-vpns' was deployed with containerlab itself and is left as it is: "
        f"containerlab destroy --cleanup -t {LAB}/two-vpns.clab.yml takes it down\n"
    )
    assert user.in_guest("docker ps -q | wc -l") == "8\n"
    user.in_guest(f"containerlab destroy --cleanup -t {LAB}/two-vpns.clab.yml 2>&1")
    assert user.in_guest("docker ps -aq; docker network ls -q --filter name=clab") == ""
