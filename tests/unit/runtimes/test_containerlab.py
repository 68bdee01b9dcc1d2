"""The runtime over a host that answers from recordings."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import CannotRunHere, Completed
from orchestrator.loading import load_lab
from orchestrator.render.daemons import daemons
from orchestrator.runtimes.base import DeployFailed, Deployment, NodeKeys, NodeState, NotOurs
from orchestrator.runtimes.containerlab import ContainerlabRuntime
from orchestrator.runtimes.containerlab_state import OBSERVE
from tests.unit.runtimes.test_containerlab_state import recorded

if TYPE_CHECKING:
    import socket

LAB = load_lab(Path(__file__).parents[3] / "labs" / "two-vpns")
WANTED = Deployment(LAB.topology, "/labs/two-vpns", daemons(LAB), ())


@dataclass
class Recorded:
    """A host with answers by a word of the command; it remembers what it was asked."""

    answers: dict[str, tuple[int, str]]
    asked: list[str] = field(default_factory=list)
    name: str = "guest"

    @property
    def node_root(self) -> PurePosixPath:
        return PurePosixPath("/")

    @property
    def orchestrator_address(self) -> IPv4Address | None:
        return IPv4Address("198.19.255.1")

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:
        assert timeout > 0
        text = OBSERVE if command == OBSERVE else stdin.decode() or command
        self.asked.append(text)
        for word, (status, said) in self.answers.items():
            if word in text:
                return Completed(status, said.encode(), b"")
        raise AssertionError(text)

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> socket.socket:
        raise NotImplementedError

    def login_argv(
        self, address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
    ) -> list[str]:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is held."""


OBSERVED = {"inspect --all": (0, recorded("observe"))}
SURVEY = {"docker image ls": (0, recorded("survey-again"))}


def over(host: Recorded) -> ContainerlabRuntime:
    return ContainerlabRuntime(host, NodeKeys("ssh-ed25519 AAAA", lambda lab, node: f"KEY {lab} {node}"))


def test_labs_are_listed() -> None:
    assert [lab.name for lab in over(Recorded(OBSERVED)).labs()] == ["plain", "two-vpns"]


def test_an_engine_that_does_not_run_is_reported() -> None:
    host = Recorded({"inspect --all": (1, recorded("observe-without-engine"))})
    with pytest.raises(CannotRunHere) as refusal:
        over(host).labs()
    assert str(refusal.value) == "Docker is not running: sudo systemctl start docker"


def test_a_deploy_that_fails_is_reported_in_containerlabs_words() -> None:
    host = Recorded(
        {**SURVEY, **OBSERVED, "containerlab deploy": (1, recorded("deploy-into-a-taken-subnet"))}
    )
    steps: list[str] = []
    with pytest.raises(DeployFailed) as failure:
        over(host).deploy(WANTED, steps.append)
    assert str(failure.value) == (
        "containerlab could not deploy lab 'two-vpns': Subnet 198.18.255.0/24 already in use by Docker "
        'network "l3vpn-two-vpns". See https://containerlab.dev/manual/network/'
    )
    assert steps == [
        "2 nodes are stopped or have lost their links: making them anew",
        "containerlab deploys 8 nodes",
    ]


def test_a_lab_of_others_is_opened_node_by_node() -> None:
    host = Recorded({**OBSERVED, "docker exec": (0, "ready pe1\nready ce1\n")})
    plain = over(host).labs()[0]
    over(host).bootstrap(plain, {"pe1": ("zebra",), "ce1": ("zebra",)})
    script = next(text for text in host.asked if "docker exec" in text)
    assert script.count("ssh-ed25519 AAAA") == 2


def test_a_node_that_cannot_be_opened_is_named_with_its_reason() -> None:
    said = "ready pe1\nfailed ce1 this image has no sshd: build ours with `make image`\n"
    host = Recorded({**OBSERVED, "docker exec": (0, said)})
    plain = over(host).labs()[0]
    with pytest.raises(DeployFailed) as failure:
        over(host).bootstrap(plain, {"pe1": ("zebra",), "ce1": ("zebra",)})
    assert str(failure.value) == "node ce1: this image has no sshd: build ours with `make image`"


def test_open_nodes_are_not_opened_again() -> None:
    host = Recorded(OBSERVED)
    two_vpns = over(host).labs()[1]
    assert all(node.state is not NodeState.NOT_BOOTSTRAPPED for node in two_vpns.nodes)
    assert over(host).bootstrap(two_vpns, daemons(LAB)) == two_vpns


def test_a_node_that_needs_one_more_daemon_is_opened_for_that() -> None:
    host = Recorded({**OBSERVED, "docker exec": (0, "ready red1\n")})
    two_vpns = over(host).labs()[1]
    over(host).bootstrap(two_vpns, daemons(LAB) | {"red1": ("zebra", "bgpd", "ospfd")})
    script = next(text for text in host.asked if "docker exec" in text)
    opened = [line.split()[1] for line in script.splitlines() if line.startswith("bootstrap ")]
    assert opened == ["red1"]


def test_a_lab_of_others_is_theirs_to_take_down() -> None:
    with pytest.raises(NotOurs) as refusal:
        over(Recorded(OBSERVED)).destroy("plain")
    assert str(refusal.value) == (
        "lab 'plain' was deployed with containerlab itself and is left as it is: "
        "containerlab destroy --cleanup -t /labs/plain/plain.clab.yml takes it down"
    )


def test_what_is_left_of_a_lab_is_removed_and_nothing_twice() -> None:
    host = Recorded({**OBSERVED, "[ -e /var": (0, ""), "containerlab destroy": (0, "")})
    assert over(host).destroy("half")
    assert not over(Recorded({**OBSERVED, "[ -e /var": (1, "")})).destroy("half")
