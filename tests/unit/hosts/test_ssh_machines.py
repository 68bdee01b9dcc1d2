"""Several machines as one host: which has an address, and what is said where one is not there."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import CannotRunHere, PortUnreachable
from orchestrator.hosts.members import LABS, Member, share
from orchestrator.hosts.ssh_machines import MOST_MACHINES, Absent, SshMachines, named_twice
from orchestrator.lifecycle import factory
from orchestrator.lifecycle.spreading import spread_over
from orchestrator.settings import Places, Settings, WrongSetting

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("ssh://a", "ssh://b", "ssh://c")


def machines() -> SshMachines:
    """None of them answers; each says which one it is."""
    return SshMachines(
        [
            Member(Absent(name, PortUnreachable(f"{name}: no route")), IPv4Address(0), share(LABS, number, 3))
            for number, name in enumerate(NAMES)
        ]
    )


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("198.18.1.10", "ssh://a: no route"),
        ("198.18.64.10", "ssh://b: no route"),
        ("198.18.191.10", "ssh://c: no route"),
        ("198.18.192.10", "198.18.192.10 is on none of ssh://a,ssh://b,ssh://c"),
    ],
)
def test_an_address_is_dialled_from_the_machine_that_has_it(address: str, named: str) -> None:
    with pytest.raises(PortUnreachable, match=f"^{re.escape(named)}$"):
        machines().dial(IPv4Address(address), 22)


@pytest.mark.parametrize("members", range(1, MOST_MACHINES + 1))
def test_members_have_addresses_of_their_own(members: int) -> None:
    shares = [share(LABS, number, members) for number in range(members)]
    assert all(one.subnet_of(LABS) and one.prefixlen <= 20 for one in shares)
    assert not any(one.overlaps(other) for one in shares for other in shares if one != other)
    assert len(set(shares)) == members


def test_two_names_of_one_machine_are_seen() -> None:
    assert named_twice(NAMES, ["x", "y", "x"]) == "ssh://a and ssh://c are one machine: name it once"
    assert named_twice(NAMES, ["x", "y", "z"]) is None


@pytest.mark.parametrize(
    ("host", "runtime", "said"),
    [
        ("ssh://a,ssh://a", "netns", "ssh://a is named twice in ssh://a,ssh://a"),
        ("ssh://a,local", "netns", "'local' is not ssh://user@machine or ssh://user@machine:port"),
        ("ssh://a, ssh://b", "netns", "' ssh://b' is not ssh://user@machine or ssh://user@machine:port"),
        ("ssh://a,", "netns", "'' is not ssh://user@machine or ssh://user@machine:port"),
        (
            "ssh://a,ssh://b",
            "containerlab",
            "runtime containerlab has a lab on one machine, not on 2: --runtime netns has it on several",
        ),
        (
            ",".join(f"ssh://m{number}" for number in range(17)),
            "netns",
            "17 machines are too many for one lab: it can be on 16",
        ),
    ],
)
def test_what_is_no_list_of_machines_is_one_line(host: str, runtime: str, said: str) -> None:
    with pytest.raises(factory.UnknownChoice, match=f"^{re.escape(said)}$"):
        factory.check_choice(host, runtime)


def test_a_lab_is_spread_over_all_machines_that_are_named(tmp_path: Path) -> None:
    settings = Settings(Places(cache=tmp_path, state=tmp_path), guests=2)
    factory.check_choice("ssh://a,ssh://b,ssh://c", "netns")
    assert spread_over(None, "ssh://a,ssh://b,ssh://c", "netns", settings) == 3
    assert spread_over(None, "ssh://a", "netns", settings) == 0
    with pytest.raises(factory.UnknownChoice, match="--guests is for host guest"):
        spread_over(2, "ssh://a,ssh://b", "netns", settings)


def test_the_network_between_machines_is_a_network() -> None:
    home = {"HOME": "/home/x"}
    assert str(Settings.of(home | {"L3VPN_UNDERLAY": "10.0.0.0/24"}).underlay) == "10.0.0.0/24"
    assert Settings.of(home).underlay is None
    for text in ("10.0.0.1/24", "x", "10.0.0.0/33"):
        with pytest.raises(
            WrongSetting, match=r"^L3VPN_UNDERLAY: .*; a network is written like 10.0.0.0/24$"
        ):
            Settings.of(home | {"L3VPN_UNDERLAY": text})


def test_a_machine_that_does_not_answer_says_why_to_whatever_is_asked() -> None:
    absent = Absent("ssh://b", CannotRunHere("ssh://b: labs need root there"))
    with pytest.raises(CannotRunHere, match="ssh://b: labs need root there"):
        absent.run("true", timeout=1)
    with pytest.raises(CannotRunHere, match="ssh://b: labs need root there"):
        absent.dial(IPv4Address(1), 22)
