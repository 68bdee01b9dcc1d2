"""Option B: VPNv4 between two providers, whose ASBRs swap VPN labels; only what is agreed crosses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.fault import TABLES, Fault, vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal
from tests.live.travelling import hops, journey, path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("inter-as-b", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


ROUTES = ("vpn.*", *TABLES, "data.*")

FAULTS = (
    Fault(
        "an ASBR that expects the other provider in another AS",
        {"n-br": vtysh("router bgp 65000", "neighbor 10.0.1.5 remote-as 65011")},
        {"mpbgp.session.n-br.s-br": "AS 65011 *", "mpbgp.session.s-br.n-br": "AS 65000 *"},
        blocks=ROUTES,
    ),
    Fault(
        "an ASBR that leaves the other provider's next hop as it is",
        {
            "n-br": vtysh(
                "router bgp 65000", "address-family ipv4 vpn", "no neighbor 10.255.1.1 next-hop-self"
            )
        },
        {
            "vpn.vpnv4.n-pe.red.10.1.2.0/30.s-pe": "next hop 10.0.1.5, *",
            "vpn.vpnv4.n-pe.red.172.16.2.0/24.s-pe": "next hop 10.0.1.5, *",
        },
        blocks=ROUTES,
    ),
    Fault(
        "ASBRs that let every VPN across",
        {
            node: vtysh(
                f"router bgp {asn}",
                "address-family ipv4 vpn",
                f"no neighbor {peer} route-map across-eth2 in",
                f"no neighbor {peer} route-map across-eth2 out",
                "exit",
                "exit",
                f"router bgp {asn}",
                "no bgp ebgp-requires-policy",
            )
            + "\nvtysh -c 'clear bgp * soft'\n"
            for node, asn, peer in (("n-br", 65000, "10.0.1.5"), ("s-br", 65010, "10.0.1.4"))
        },
        {
            "vpn.vpnv4-table.n-pe": "*10.255.2.3:3:172.16.1.0/24*",
            "vpn.vpnv4-table.n-br": "*10.255.2.3:3:172.16.1.0/24*",
            "vpn.vpnv4-table.s-br": "*10.255.1.1:2:172.16.2.0/24*",
            "vpn.vpnv4-table.s-pe": "*",
        },
        others=4,
    ),
    Fault(
        "a provider that exports with a route target which nobody agreed to",
        {"s-pe": vtysh("router bgp 65010 vrf red", "address-family ipv4 unicast", "rt vpn export 65010:1")},
        {"mpbgp.vrf.s-pe.red": "* exports 65010:1"},
        blocks=("pece.*", *ROUTES),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_repairs_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


def test_both_asbrs_swap_the_vpn_label_and_one_label_crosses(lab: ProvenLab) -> None:
    found = hops(path(lab, "red1", "red2"))
    assert [(node, len(labels)) for node, labels in found] == [
        ("red1", 0),
        ("n-pe", 2),
        ("n-p", 1),
        ("n-br", 1),
        ("s-br", 2),
        ("s-p", 1),
        ("s-pe", 0),
        ("red2", 0),
    ]
    by_node = dict(found)
    # Each ASBR allocates for itself: the two labels of a route may happen to be equal.
    assert by_node["n-pe"][-1] == by_node["n-p"][-1]
    assert by_node["s-br"][-1] == by_node["s-p"][-1]


def test_the_journey_is_followed_from_provider_to_provider(lab: ProvenLab) -> None:
    found = journey(lab, "red2", "172.16.2.0/24", to="red1")
    received = [one.node for one in found.ways[0].stages if one.title.startswith("VPNv4 from")]
    assert (found.complete, received) == (True, ["s-br", "n-br", "n-pe"])


@scenarios_of("inter-as-b", slow=("asbr-lost", "silent-link"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
