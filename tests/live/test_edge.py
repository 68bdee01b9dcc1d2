"""What customers run at their edge: hosts beside nodes that are left alone, options of BGP, areas of OSPF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.labs import EDGE
from tests.live.fault import TABLES, Fault, vtysh
from tests.live.proving import failures, proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(str(EDGE), Terminal(tmp_path_factory.mktemp("state"))) as running:
        yield running


_IN_RED: Final = ("router bgp 65000 vrf red", "address-family ipv4 unicast")
FAULTS = (
    Fault(
        "a host without a way out",
        {"host1": vtysh("no ip route 0.0.0.0/0 172.16.1.1")},
        {"link.gateway.host1": "no default route"},
        blocks=("data.host.*",),
    ),
    Fault(
        "a host with another's address",
        {"host2": vtysh("interface eth1", "no ip address 172.16.2.2/24", "ip address 172.16.2.3/24")},
        {"link.address.host2.eth1": "172.16.2.3/24 *"},
        blocks=("link.gateway.host2", "data.host.*"),
    ),
    Fault(
        "a CE that does not send TTL 255",
        {"red1": vtysh("router bgp 65101", "no neighbor 10.1.0.1 ttl-security hops 1")},
        {"pece.agree.pe1.red.red1": "no TTL security on red1, hops 1 on pe1"},
        blocks=("pece.*red1*", "pece.announced.pe1.red.*", "vpn.*", "data.*"),
    ),
    Fault(
        "a limit below what the site has",
        {"pe1": vtysh(*_IN_RED, "neighbor 10.1.0.2 maximum-prefix 1")},
        {
            "pece.options.pe1.red.red1": "*unexpected: maximum-prefix 1)",
            "pece.session.pe1.red.red1": "AS 65101 Idle (PfxCt)",
            "pece.session.red1.pe1": "AS 65000 *",
        },
        blocks=("pece.*red*", "vpn.*", "data.*"),
    ),
    Fault(
        "a default route that is no longer sent",
        {"pe1": vtysh(*_IN_RED, "no neighbor 10.1.0.2 default-originate")},
        {
            "pece.options.pe1.red.red1": "*missing: default-originate)",
            "vpn.ce-route.red1.0.0.0.0/0": "no such route",
        },
        blocks=TABLES,
    ),
    Fault(
        "another AS number towards a site than it knows",
        {"pe2": vtysh("router bgp 65000 vrf red", "no neighbor 10.1.0.6 local-as 64999")},
        {"pece.agree.pe2.red.red2": "provider AS 64999 on red2, 65000 on pe2"},
        blocks=("pece.*red2*", "pece.announced.pe2.red.*", "vpn.*", "data.*"),
    ),
    Fault(
        "private AS numbers that are left in paths",
        {"pe2": vtysh(*_IN_RED, "no neighbor 10.1.0.10 remove-private-AS all")},
        {
            "pece.options.pe2.red.red3": "*missing: remove-private-AS all)",
            "vpn.as-path.red3.172.16.1.0/24": "65000 65101",
            "vpn.as-path.red3.172.16.2.0/24": "65000 65102",
            "vpn.as-path.red3.192.168.1.0/24": "65000 65101",
        },
        others=3,
    ),
    Fault(
        "a CE that takes its own AS number once only",
        {
            "green2": vtysh(
                "router bgp 65201", "address-family ipv4 unicast", "neighbor 10.1.0.25 allowas-in 1"
            )
        },
        {"pece.options.green2.pe2": "allowas-in 1 *"},
    ),
    Fault(
        "a CE that does not know its area to be an NSSA",
        {"blue1": vtysh("router ospf", "no area 1 nssa")},
        {"pece.agree.pe1.blue.blue1": "area 1 on blue1, 1 (NSSA) on pe1"},
        blocks=("pece.*blue1*", "pece.announced.pe1.blue.*", "vpn.*", "data.*"),
    ),
    Fault(
        "a default route that OSPF no longer has",
        {"pe2": vtysh("router ospf vrf blue", "no default-information originate")},
        {"vpn.ce-route.blue2.0.0.0.0/0": "no such route"},
        blocks=("vpn.*blue2*",),
    ),
)


# The lab has 870 checks, so that each takes half a minute. Where an AS number, TTL security or an area
# differs, the fault is named, but which checks are not judged then has not been seen as it is written here.
QUICK: Final = (
    "a host without a way out",
    "a limit below what the site has",
    "a default route that is no longer sent",
)


@pytest.mark.parametrize(
    "fault",
    [pytest.param(one, id=one.name, marks=() if one.name in QUICK else pytest.mark.slow) for one in FAULTS],
)
def test_the_proof_says_what_is_wrong_and_a_push_repairs_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


@pytest.mark.slow
def test_a_path_may_hold_the_own_as_number_as_often_as_it_was_prepended(lab: ProvenLab) -> None:
    with lab.failed("pe1-green1") as state:
        report = lab.report(state)
        assert failures(report) == []
        assert "data.probe.green2.green1.172.16.2.0/24.172.16.1.0/24" in {
            str(one.check.id) for one in report.findings
        }
    assert lab.wrong() == []


@pytest.mark.slow
def test_a_stub_area_has_no_default_route_without_the_backbone(lab: ProvenLab) -> None:
    with lab.failed("pe2-blue2") as state:
        assert lab.wrong(state) == []
    assert lab.wrong() == []


def test_a_lan_goes_with_the_link_to_its_host(lab: ProvenLab) -> None:
    with lab.failed("red1-host1") as state:
        assert lab.wrong(state) == []
    assert lab.wrong() == []
