"""BGP, OSPF, EIGRP and static routes in one VPN, two sites at two PEs: all reach all, and nothing loops."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.live.eigrp_hands import edited
from tests.live.fault import Fault, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live

FOLDER = str(Path(__file__).parent / "four_protocols")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(FOLDER, Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_every_pair_of_sites_is_proven(lab: ProvenLab) -> None:
    done = lab.terminal.l3vpn("verify", FOLDER, "--format", "json")
    assert done.stderr == ""
    assert json.loads(done.stdout)["pairs"] == {"joined": 30, "proven": 30, "not proven": []}


@pytest.mark.parametrize(("site", "prefix"), [("b", "172.16.1.0/24"), ("o", "172.16.3.0/24")])
def test_a_route_is_traced_into_the_other_protocols(lab: ProvenLab, site: str, prefix: str) -> None:
    done = lab.terminal.l3vpn("trace", FOLDER, site, prefix)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "EIGRP adjacency with pe1" in done.stdout


@pytest.mark.parametrize("what", ["b:lan1", "o:lan1", "pe1-e2", "p1-pe1"])
def test_what_is_withdrawn_is_gone_everywhere_and_comes_back(lab: ProvenLab, what: str) -> None:
    """No table may hold another route: neither a copy of another PE's, nor one that counts up.

    e2 is at pe1, as is e, which is at pe2 as well: so its route could come back to pe1 as one of e. With pe1
    cut off the sites at two PEs bring it what the others have, and pe1 exports none of that.
    """
    with lab.failed(what) as state:
        assert lab.wrong(state) == []
    assert lab.wrong() == []


FAULTS = (
    Fault(
        "routes of BGP that EIGRP does not take",
        {"pe1": edited("/redistribute bgp/d")},
        {
            "vpn.ce-route.e.172.16.1.0/24": "eigrp via 10.1.0.21 eth2",
            "vpn.metric.e2.172.16.1.0/24": "passive, external, metric 38400 via 10.1.0.29",
        },
        blocks=("vpn.metric.e.172.16.1.0/24", "vpn.ce-table.e", "data.*"),
    ),
    Fault(
        "routes of EIGRP that OSPF does not take",
        {"pe1": vtysh("router ospf vrf red", "no redistribute eigrp")},
        {"vpn.ce-route.o.172.16.[46].0/24": "ospf via 10.1.0.*"},
        blocks=("vpn.ospf-cost.o.172.16.[46].0/24", "vpn.ce-table.o", "data.*"),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_names_the_pe_and_what_it_must_redistribute(lab: ProvenLab, fault: Fault) -> None:
    unexplained = lab.unexplained(fault)
    wrong = [one for one in lab.report(within=0).findings if one.verdict == "FAIL"]
    lab.push()
    assert unexplained == ()
    assert wrong[0].why.startswith("pe1 has it by ")
    assert "must redistribute it into" in wrong[0].why
    assert lab.wrong() == []


def test_a_subnet_that_ospf_ran_on_by_hand_is_advertised_again(lab: ProvenLab) -> None:
    """ospfd takes it back when it runs on the port, and does not look again when it leaves."""
    lab.type_in({"pe1": vtysh("interface eth2", "ip ospf area 0")})
    shown = "vtysh -c 'show ip ospf vrf red database' | grep '^10.1.0.0 .*E2' | grep -v ' 3600 ' || true"
    lab.wait_until("pe1", shown, lambda printed: not printed)
    lab.push()
    assert lab.wrong() == []
