"""The program that tries whether machines reach one another: what it makes of what comes."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, cast

import pytest

from orchestrator.hosts.base import Completed
from orchestrator.hosts.members import Member
from orchestrator.runtimes import underlay
from orchestrator.runtimes.underlay_probe import Peer, Trial, datagram
from tests.unit.runtimes.test_spread import ADDRESSES, HALVES

if TYPE_CHECKING:
    from orchestrator.hosts.base import Host

FAR = "10.0.0.2"


def trial() -> Trial:
    return Trial(14790, 14791, 9550, 0.0, "token", "10.0.0.1", {FAR: Peer()})


def packet(content: bytes, source: str = FAR, port: int = 14790) -> bytes:
    """An IPv4 packet with a datagram, as a raw socket has it."""
    header = b"\x45" + bytes(11) + socket.inet_aton(source) + socket.inet_aton("10.0.0.1")
    return header + (40000).to_bytes(2, "big") + port.to_bytes(2, "big") + bytes(4) + content


def test_datagrams_of_both_sizes_are_heard_and_what_the_other_has() -> None:
    tried = trial()
    tried.take(packet(datagram("token", 0, content=False)))
    assert (tried.peers[FAR].heard, tried.peers[FAR].content) == ({"small"}, False)
    large = datagram("token", 9550, content=True)
    assert len(large) == 9550
    tried.take(packet(large))
    assert (tried.peers[FAR].heard, tried.peers[FAR].content) == ({"small", "large"}, True)


@pytest.mark.parametrize(
    "other",
    [
        packet(datagram("another", 0, content=True)),
        packet(datagram("token", 0, content=True), source="10.0.0.3"),
        packet(datagram("token", 0, content=True), port=53),
        packet(b"\x08\0\0\0\0\0\x01\0"),
        packet(b""),
    ],
)
def test_what_is_not_of_the_trial_is_not_heard(other: bytes) -> None:
    tried = trial()
    tried.take(other)
    assert tried.peers[FAR] == Peer()


@pytest.mark.parametrize(
    ("heard", "connected", "lacks"),
    [
        ({"small", "large"}, True, []),
        ({"small", "large"}, False, ["tcp"]),
        ({"small"}, True, ["large"]),
        (set(), True, ["udp"]),
        (set(), False, ["tcp", "udp"]),
    ],
)
def test_what_did_not_come_is_named_once(heard: set[str], lacks: list[str], *, connected: bool) -> None:
    assert Peer(heard, connected).lacks() == lacks


class Machine:
    """A host on which the program printed something."""

    def __init__(self, name: str, printed: str) -> None:
        self.name = name
        self._printed = printed

    def run(self, command: str, *, stdin: bytes, timeout: float) -> Completed:
        assert " 14790 14791 9550 " in command
        assert b"def main" in stdin
        assert timeout
        return Completed(0, self._printed.encode(), b"")


def members(*printed: str) -> list[Member]:
    return [
        Member(cast("Host", Machine(name, said)), address, half)
        for name, said, address, half in zip(("ssh://a", "ssh://b"), printed, ADDRESSES, HALVES, strict=True)
    ]


def test_a_problem_names_both_machines_and_what_would_help() -> None:
    assert underlay.problems(members("", "")) == ()
    assert underlay.problems(members("large 198.19.255.6\n", "tcp 198.19.255.2\n")) == (
        "UDP in fragments does not come to ssh://a from ssh://b (198.19.255.6)",
        "ssh://b gets no TCP connection to ssh://a (198.19.255.2)",
        "let UDP port 14790 and TCP port 14791 pass between them",
    )
