"""What each check of a sham link says when something of it is not so."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.loading import load_lab
from tests.unit.verification.breaks.kit import (
    ADDR,
    K_RIB,
    OSPF,
    OSPF_PORTS,
    RIB,
    Break,
    assert_golden,
    assert_said,
)
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Edit, Scene

_P2_AT_PE1 = "O   172.16.2.0/24 [110/25] via 10.254.0.2, sham1 inactive onlink, weight 1, 00:01:12\n"
_MORE = "dev sham1 table 1001 proto ospf metric 20 \n"


def _one(name: str, check: str, command: str, change: tuple[str, str]) -> Break:
    node = check.split(".")[2]
    return Break(name, check, (Edit(node, command, *change),))


BREAKS = (
    _one(
        "a tunnel to elsewhere",
        "kernel.tunnel.pe1.sham1",
        ADDR,
        ("gre remote 10.254.0.2 local", "gre remote 10.254.0.9 local"),
    ),
    _one(
        "a tunnel in the core's table",
        "kernel.tunnel.pe1.sham1",
        ADDR,
        ("local 10.254.0.1 dev red ttl 64", "local 10.254.0.1 ttl 64"),
    ),
    _one(
        "no tunnel",
        "kernel.tunnel.pe1.sham1",
        ADDR,
        (": sham1@red:", ": sham2@red:"),
    ),
    _one(
        "another device under its name",
        "kernel.tunnel.pe1.sham1",
        ADDR,
        ("    gre remote 10.254.0.2 local 10.254.0.1 dev red ttl 64 \n", "    dummy numtxqueues 1\n"),
    ),
    _one(
        "a tunnel with IPv6",
        "kernel.tunnel.pe1.sham1",
        ADDR,
        ("scope global sham1\n", "scope global sham1\n    inet6 fe80::5efe:afe:1/64 scope link \n"),
    ),
    _one(
        "another cost at one end",
        "pece.sham-parameters.pe1.red.pe2",
        OSPF_PORTS,
        ("Cost: 5\n", "Cost: 7\n"),
    ),
    _one(
        "no neighbour",
        "vpn.sham-adjacency.pe1.red.pe2",
        OSPF,
        ("sham1:10.254.0.1", "sham2:10.254.0.1"),
    ),
    _one(
        "a route over the tunnel in use",
        "vpn.sham-decides.pe1.red.172.16.2.0/24",
        RIB,
        (_P2_AT_PE1, _P2_AT_PE1.replace(" inactive", "")),
    ),
    _one(
        "no route of OSPF",
        "vpn.sham-decides.pe1.red.172.16.2.0/24",
        RIB,
        (_P2_AT_PE1, ""),
    ),
    _one(
        "a customer's route into the tunnel",
        "vpn.sham-carries-no-customer.pe1.red",
        K_RIB,
        ("172.16.1.0/24 via", f"172.16.9.0/24 via 10.254.0.2 {_MORE}172.16.1.0/24 via"),
    ),
    _one(
        "the way over the backdoor",
        "vpn.ospf-cost.ce1.172.16.2.0/24",
        RIB,
        ("172.16.2.0/24 [110/35]", "172.16.2.0/24 [110/1010]"),
    ),
)


@pytest.fixture(scope="module")
def scene() -> Scene:
    lab = load_lab(Path(__file__).parents[3] / "labs/ospf-sham")
    return Scene.of(lab, Converged(lab).says)


def test_the_golden_file_has_them_all(scene: Scene, *, update_golden: bool) -> None:
    assert_golden("ospf-sham", scene, BREAKS, update=update_golden)


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.check}: {broken.name}")
def test_a_wrong_network_fails_its_check(scene: Scene, broken: Break) -> None:
    assert_said("ospf-sham", broken, broken.finding(scene))


def test_each_kind_of_check_is_broken_once(scene: Scene) -> None:
    def kind(check: str) -> str:
        return ".".join(check.split(".")[:2])

    ours = {kind(str(one.id)) for one in scene.checks if "sham" in kind(str(one.id))}
    assert ours | {"kernel.tunnel", "vpn.ospf-cost"} == {kind(broken.check) for broken in BREAKS}


def test_a_sham_end_is_on_a_node(scene: Scene) -> None:
    assert {one.node for one in scene.checks if str(one.id).startswith("vpn.sham-")} == {"pe1", "pe2"}
