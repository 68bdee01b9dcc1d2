"""Option C: labelled routes between ASBRs, VPNv4 between reflectors; three labels on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.live.fault import TABLES, Fault, vtysh
from tests.live.proving import proven, scenarios_of
from tests.live.terminal import Terminal
from tests.live.travelling import hops, journey, path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = [pytest.mark.live, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven("inter-as-c", Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


BEHIND = ("mpbgp.labelled*", "mpbgp.session.*", "mpbgp.reflects.*")
ROUTES = ("vpn.*", *TABLES, "data.*")
# zebra has lost labels that push does not bring back.
CLEAR = "vtysh -c 'clear bgp ipv4 labeled-unicast *'\n"


def labelled(*lines: str, asn: int = 65000) -> str:
    return vtysh(f"router bgp {asn}", "address-family ipv4 labeled-unicast", *lines) + "\n"


FAULTS = (
    Fault(
        "an ASBR that expects the other provider in another AS",
        {"n-br": vtysh("router bgp 65000", "neighbor 10.0.1.7 remote-as 65011")},
        {
            "mpbgp.labelled-session.n-br.s-br": "AS 65011 *",
            "mpbgp.labelled-session.s-br.n-br": "AS 65000 *",
        },
        blocks=(*BEHIND, *ROUTES),
    ),
    Fault(
        "an ASBR that leaves the other provider's next hop as it is",
        {"n-br": labelled("no neighbor 10.255.1.3 next-hop-self")},
        {"mpbgp.labelled.n-pe.s-*": "no route to *", "mpbgp.labelled.n-rr.s-*": "*"},
        blocks=(*BEHIND, *ROUTES),
        others=3,
    ),
    Fault(
        "a PE that does not originate its second loopback",
        {"s-pe": vtysh("router bgp 65010", "address-family ipv4 unicast", "no network 10.255.2.132/32")},
        {"mpbgp.labelled.s-*.s-pe": "no route to 10.255.2.132"},
        blocks=(*BEHIND, *ROUTES),
        others=3,
    ),
    Fault(
        "a reflector that has no clients for labelled routes",
        {"n-rr": labelled(*(f"no neighbor 10.255.1.{one} route-reflector-client" for one in (1, 4)))},
        {"mpbgp.labelled.n-br.n-pe": "no route to *", "mpbgp.labelled.n-pe.s-*": "no route to *"},
        blocks=(*BEHIND, *ROUTES),
        others=3,
    ),
    Fault(
        "a reflector that names itself as the next hop of what crosses",
        {
            "n-rr": vtysh(
                "router bgp 65000",
                "address-family ipv4 vpn",
                "no neighbor 10.255.2.131 attribute-unchanged next-hop",
            )
        },
        {"vpn.past.s-rr.n-pe.red.*": "next hop 10.255.1.131, *"},
        blocks=ROUTES,
        others=3,
    ),
    Fault(
        "reflectors that let every VPN across",
        {
            node: vtysh(
                f"router bgp {asn}",
                "address-family ipv4 vpn",
                f"no neighbor {peer} route-map across in",
                f"no neighbor {peer} route-map across out",
                "exit",
                "exit",
                f"router bgp {asn}",
                "no bgp ebgp-requires-policy",
            )
            + "\nvtysh -c 'clear bgp * soft'\n"
            for node, asn, peer in (("n-rr", 65000, "10.255.2.131"), ("s-rr", 65010, "10.255.1.131"))
        },
        {
            "vpn.vpnv4-table.n-[pr]*": "*10.255.2.4:3:172.16.1.0/24*",
            "vpn.vpnv4-table.s-[pr]*": "*10.255.1.1:2:172.16.2.0/24*",
        },
        others=4,
    ),
    Fault(
        "an ASBR that asks its reflector for VPN routes",
        {
            "n-br": vtysh("router bgp 65000", "address-family ipv4 vpn", "neighbor 10.255.1.3 activate"),
            "n-rr": vtysh(
                "router bgp 65000",
                "address-family ipv4 vpn",
                "neighbor 10.255.1.4 activate",
                "neighbor 10.255.1.4 route-reflector-client",
            ),
        },
        {
            "mpbgp.no-other-session.n-rr": "*10.255.1.4 (ipv4 vpn)*",
            "mpbgp.no-other-session.n-br": "*10.255.1.3 (ipv4 vpn)*",
            "vpn.vpnv4-table.n-br": "*172.16.1.0/24*",
        },
        others=4,
    ),
    Fault(
        "an ASBR that advertises its whole table to the other provider, which takes it",
        {
            "s-br": labelled("no neighbor 10.0.1.6 prefix-list across-out out", asn=65010)
            + vtysh("router bgp 65010", "address-family ipv4 unicast", "redistribute ospf"),
            "n-br": labelled("no neighbor 10.0.1.7 prefix-list across-in in"),
        },
        # Inside each provider they are passed on, in south by the reflector that heard them first.
        {f"igp.table.{node}": "*10.255.2.4/32 by bgp*" for node in ("n-pe", "n-rr", "n-br", "s-rr", "s-pe")},
        blocks=(*BEHIND, *ROUTES),
        first="igp.table.n-*",
        others=8,
    ),
    Fault(
        "an ASBR whose zebra takes labelled routes of direct neighbours alone",
        {"n-br": vtysh("no mpls fec nexthop-resolution")},
        # It gives up all of its labels, those for direct neighbours, too.
        {
            f"mpbgp.labelled.{node}": "*which n-br swaps for nothing"
            for node in ("s-br.n-*", "n-rr.s-*", "n-pe.s-*")
        },
        blocks=(*BEHIND, *ROUTES),
        mend_it={"n-br": vtysh("mpls fec nexthop-resolution") + "\nsleep 2\n" + CLEAR},
        first="mpbgp.labelled.*",
        others=5,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_proof_says_what_is_wrong_and_a_push_repairs_it(lab: ProvenLab, fault: Fault) -> None:
    lab.must_explain_and_be_repaired_of(fault)


# Labels for the other provider's routes go back to the pool, and are those that the others had: these lose
# their next hop meanwhile, not their sessions, and take their old labels again.
LOSE_LABELS = (
    "ip link set eth2 down; vtysh -c 'clear bgp ipv4 labeled-unicast *'; sleep 6; ip link set eth2 up",
    "sleep 6; ip link set eth1 down; sleep 0.3; vtysh -c 'clear bgp ipv4 labeled-unicast 10.0.1.7'",
    "sleep 2; ip link set eth1 up",
)


def test_labels_that_bgpd_gives_without_its_pool_are_repaired(lab: ProvenLab) -> None:
    for commands in LOSE_LABELS:
        lab.type_in({"n-br": commands})
    lab.wait_for("mpbgp.labelled.*")
    up = lab.terminal.l3vpn("up", "inter-as-c")
    assert up.returncode == 0, up.stdout + up.stderr
    assert re.search("repaired: n-br .* labelled sessions were cleared", up.stdout + up.stderr)
    assert lab.wrong() == []


def test_three_labels_leave_the_pe_and_two_cross(lab: ProvenLab) -> None:
    found = hops(path(lab, "red1", "red2"))
    assert [(node, len(labels)) for node, labels in found] == [
        ("red1", 0),
        ("n-pe", 3),
        ("n-p", 2),
        ("n-br", 2),
        ("s-br", 2),
        ("s-p", 1),
        ("s-pe", 0),
        ("red2", 0),
    ]
    by_node = dict(found)
    inner = {by_node[node][-1] for node in ("n-pe", "n-p", "n-br", "s-br", "s-p")}
    assert len(inner) == 1  # s-pe's own, all the way
    assert by_node["n-pe"][1] == by_node["n-p"][0]


def test_the_other_provider_takes_no_more_than_the_agreed_loopbacks(lab: ProvenLab) -> None:
    lab.type_in(
        {
            "s-br": labelled("no neighbor 10.0.1.6 prefix-list across-out out", asn=65010)
            + vtysh("router bgp 65010", "address-family ipv4 unicast", "redistribute ospf")
        }
    )
    try:
        sent = lab.wait_until(
            "s-br",
            "vtysh -c 'show bgp ipv4 labeled-unicast neighbors 10.0.1.6 advertised-routes'",
            lambda text: "10.255.2.4/32" in text,
        )
        assert "10.255.2.132/32" in sent
        taken = lab.ask("n-br", "vtysh -c 'show bgp ipv4 labeled-unicast'")
        assert "10.255.2.132/32" in taken
        assert "10.255.2.4/32" not in taken
    finally:
        lab.push()


def test_the_journey_is_followed_past_the_asbrs(lab: ProvenLab) -> None:
    found = journey(lab, "red2", "172.16.2.0/24", to="red1")
    stages = found.ways[0].stages
    assert found.complete
    assert [one.node for one in stages if one.title.startswith("a label to s-pe")] == ["s-br", "n-br", "n-pe"]
    assert [one.node for one in stages if one.title.startswith("VPNv4 from")] == ["s-rr", "n-rr", "n-pe"]


@scenarios_of("inter-as-c", slow=("asbr-lost", "silent-link", "reflector-lost"))
def test_what_may_happen_is_survived(played: dict[str, list[str]], scenario: str) -> None:
    assert played[scenario] == []
