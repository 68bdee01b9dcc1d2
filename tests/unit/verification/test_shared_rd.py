"""Several PEs under one RD: which of their paths reach another PE, with a route reflector and without."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.state import HEALTHY, State
from orchestrator.protocols.registry import effective_lab
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.facts import Facts
from orchestrator.verification.layers.vpn.routes import judge_received
from parsers.bgp import VPN_ROUTES, VpnRoute
from parsers.values import Label
from tests.labs import SHARED_RD, without_route_reflector
from tests.unit.model.labs import LabText

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check import Judgement

PREFIX = IPv4Network("172.16.1.0/24")


@pytest.fixture(scope="module")
def reflected() -> Lab:
    return load_lab(SHARED_RD)


@pytest.fixture(scope="module")
def meshed(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return load_lab(without_route_reflector(tmp_path_factory.mktemp("labs") / "mesh"))


def senders(lab: Lab, vpn: str, state: State = HEALTHY) -> list[list[str]]:
    """The PEs whose paths to the site at two PEs must reach pe3; one of each row."""
    standing = effective_lab(lab, state)
    vrf = lab.vrf("pe3", vpn)
    arriving = standing.expected_vpnv4_paths(vrf, standing.imported_by(vrf)[PREFIX])
    return [[one.vrf.pe for one in row] for row in arriving]


def test_in_a_full_mesh_both_paths_arrive(meshed: Lab) -> None:
    assert senders(meshed, "red") == [["pe1"], ["pe2"]]
    assert "vpn.vpnv4.pe3.red.172.16.1.0/24.pe2" in {str(one.id) for one in expect(meshed, HEALTHY)}


def test_a_route_reflector_passes_on_one_of_two_that_are_equally_good(reflected: Lab) -> None:
    assert senders(reflected, "red") == [["pe1", "pe2"]]
    (check,) = [one for one in expect(reflected, HEALTHY) if "vpnv4.pe3.red.172.16.1.0/24" in str(one.id)]
    assert str(check.id) == "vpn.vpnv4.pe3.red.172.16.1.0/24.pe1.pe2"
    assert "pe1 or pe2" in check.title


def test_a_route_reflector_passes_on_the_better_one(reflected: Lab) -> None:
    assert senders(reflected, "green") == [["pe1"]]  # OSPF's cost is the MED


@pytest.mark.parametrize("which", ["reflected", "meshed"])
def test_a_backup_is_not_reported_of_where_its_pe_receives_of_a_better_path(
    which: str, request: pytest.FixtureRequest
) -> None:
    lab: Lab = request.getfixturevalue(which)
    assert senders(lab, "spare") == [["pe1"]]
    exports = effective_lab(lab).exported_by(lab.vrf("pe2", "spare"))
    assert PREFIX in {one.prefix for one in exports}
    without = State(nodes_down=frozenset({"pe1"}))
    assert senders(lab, "spare", without) == senders(lab, "red", without) == [["pe2"]]


_EXPORTED = VpnRoute(
    rd="65000:1",
    prefix=PREFIX,
    valid=True,
    best=True,
    multipath=False,
    internal=False,
    nexthop=IPv4Address("10.1.0.2"),
    nexthop_vrf_id=7,
    label=Label(80),
    communities=("65000:1",),
    med=0,
    local_pref=None,
    weight=0,
    as_path=("65101",),
    origin="i",
)


def _seen(pe: str, *, best: bool, label: int = 80) -> VpnRoute:
    """The path of a PE as another has it."""
    nexthop = {"pe1": "10.255.0.2", "pe2": "10.255.0.3", "pe9": "10.255.0.9"}[pe]
    return replace(
        _EXPORTED,
        best=best,
        multipath=True,
        internal=True,
        nexthop=IPv4Address(nexthop),
        nexthop_vrf_id=None,
        label=Label(label),
    )


_PE1 = "next hop 10.255.0.2, RT 65000:1, label 80"
_PE2 = "next hop 10.255.0.3, RT 65000:1, label 90"
_PE9 = "next hop 10.255.0.9, RT 65000:1, label 80"


def _judged(lab: Lab, own: tuple[str, ...], *arrived: VpnRoute) -> Judgement:
    """What a check on pe3 says of paths there; `own` are the PEs that the check is about."""
    standing = effective_lab(lab)
    vrf = lab.vrf("pe3", "red")
    loopbacks = {"pe1": "10.255.0.2", "pe2": "10.255.0.3"}
    exports = tuple(
        (one, loopbacks[one.vrf.pe]) for one in standing.imported_by(vrf)[PREFIX] if one.vrf.pe in own
    )
    shown = {
        ("pe1", VPN_ROUTES.text): (_EXPORTED,),
        ("pe2", VPN_ROUTES.text): (replace(_EXPORTED, label=Label(90)),),
        ("pe3", VPN_ROUTES.text): arrived,
    }
    also = frozenset(loopbacks[pe] for pe in loopbacks if pe not in own)
    return judge_received(Facts(shown), pe="pe3", exports=exports, also=also)


@pytest.mark.parametrize(
    ("arrived", "holds", "observed"),
    [
        ((_seen("pe1", best=True),), True, _PE1),
        ((_seen("pe2", best=True, label=90),), True, _PE2),
        ((_seen("pe1", best=True), _seen("pe2", best=False, label=90)), True, f"{_PE1}, {_PE2}"),
        ((), False, "no such route"),
        ((_seen("pe9", best=True),), False, _PE9),
        ((_seen("pe1", best=True), _seen("pe9", best=False)), False, f"{_PE1}, {_PE9}"),
        ((_seen("pe2", best=True),), False, "next hop 10.255.0.3, RT 65000:1, label 80"),
    ],
)
def test_behind_a_route_reflector_one_of_the_paths_is_enough_and_no_other(
    reflected: Lab, arrived: tuple[VpnRoute, ...], *, holds: bool, observed: str
) -> None:
    said = _judged(reflected, ("pe1", "pe2"), *arrived)
    assert (said.holds, said.expected, said.observed) == (holds, f"{_PE1} or {_PE2}", observed)


@pytest.mark.parametrize(
    ("arrived", "holds", "observed"),
    [
        ((_seen("pe1", best=True), _seen("pe2", best=False, label=90)), True, _PE2),
        ((_seen("pe1", best=True),), False, "no such route"),
        ((_seen("pe1", best=True), _seen("pe2", best=False, label=91)), False, _PE2.replace("90", "91")),
    ],
)
def test_in_a_full_mesh_a_path_that_is_not_the_best_is_one(
    meshed: Lab, arrived: tuple[VpnRoute, ...], *, holds: bool, observed: str
) -> None:
    said = _judged(meshed, ("pe2",), *arrived)
    assert (said.holds, said.expected, said.observed) == (holds, _PE2, observed)


TWO_LINKS = LabText(
    nodes=("pe1 pe", "pe3 pe", "ce1 ce", "ce3 ce"),
    links=("pe1:eth1 pe3:eth1", "pe1:eth2 ce1:eth1", "pe1:eth3 ce1:eth2", "pe3:eth2 ce3:eth1"),
    intent="""
        provider: {asn: 65000}
        vpns:
          red:
            sites:
              ce1:
                protocol: bgp
                asn: 65101
                prefixes: [172.16.1.0/24]
                attachments: [{ce: ce1, pe: "pe1:eth2"}, {ce: ce1, pe: "pe1:eth3"}]
              ce3: {protocol: bgp, asn: 65103, prefixes: [172.16.3.0/24]}
        """,
)


def test_two_links_of_a_site_to_one_pe_are_one_path(tmp_path: Path) -> None:
    lab = TWO_LINKS.load(tmp_path)
    (check,) = [one for one in expect(lab) if str(one.id) == "vpn.vpnv4.pe3.red.172.16.1.0/24.pe1"]
    exported = replace(_EXPORTED, rd=str(lab.vrf("pe1", "red").rd))
    arrived = replace(exported, nexthop=lab.loopback("pe1"), nexthop_vrf_id=None, internal=True)
    shown = {("pe1", VPN_ROUTES.text): (exported,), ("pe3", VPN_ROUTES.text): (arrived,)}
    judged = check.judge(Facts(shown))
    assert judged.holds, judged
