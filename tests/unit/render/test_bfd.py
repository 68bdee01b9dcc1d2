"""BFD and LDP-IGP sync as FRR prints them, and what takes a node from one speed to another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.bfd import Bfd
from orchestrator.render.difference import configuration_changes
from orchestrator.render.frr import frr_configuration

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

FOLDER = Path(__file__).parents[3] / "labs" / "failover"
VERSION = "10.3"


@pytest.fixture(scope="module")
def failover() -> Lab:
    return load_lab(FOLDER)


def changes(before: Lab, after: Lab, node: str) -> list[str]:
    have, want = (frr_configuration(one, node, VERSION) for one in (before, after))
    return [line.strip() for line in configuration_changes(have, want, VERSION).commands.splitlines()]


def test_other_intervals_are_a_profile_of_their_name(failover: Lab) -> None:
    text = frr_configuration(failover, "pe1", VERSION)
    assert " ip ospf area 0\n ip ospf bfd\n ip ospf bfd profile 500ms-x4\n ip ospf network" in text
    assert " neighbor 10.1.0.2 bfd\n neighbor 10.1.0.2 bfd profile 500ms-x4\n" in text
    assert text.endswith(
        "bfd\n profile 500ms-x4\n  detect-multiplier 4\n  transmit-interval 500\n  receive-interval 500\n"
        " exit\n !\nexit\n!\n"
    )
    assert " mpls ldp-sync\n" in text


def test_the_usual_intervals_need_no_profile(failover: Lab) -> None:
    usual = replace(failover, providers=(replace(failover.providers[0], bfd=Bfd()),))
    text = frr_configuration(usual, "p1", VERSION)
    assert text.count(" ip ospf bfd\n") == 3
    assert "profile" not in text


def test_going_without_bfd_takes_the_profile_away_too(failover: Lab) -> None:
    without = replace(failover, providers=(replace(failover.providers[0], bfd=None),))
    assert changes(failover, without, "p1") == [
        "interface eth1",
        "no ip ospf bfd",
        "no ip ospf bfd profile 500ms-x4",
        "exit",
        "interface eth2",
        "no ip ospf bfd",
        "no ip ospf bfd profile 500ms-x4",
        "exit",
        "interface eth3",
        "no ip ospf bfd",
        "no ip ospf bfd profile 500ms-x4",
        "exit",
        "no bfd",
    ]
