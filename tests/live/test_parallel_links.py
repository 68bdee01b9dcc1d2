"""Two links of equal cost at each hop of the core, and a VRF with a protocol for each site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.live.fault import Fault, started, vtysh
from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.live.proving import ProvenLab

pytestmark = pytest.mark.live

FOLDER = Path(__file__).with_name("parallel_links")

STRANGER = Fault(
    "an OSPF adjacency with a customer who is to speak BGP",
    {
        "pe1": vtysh(
            "interface eth3",
            "ip ospf area 0",
            "ip ospf network point-to-point",
            "ip ospf hello-interval 1",
            "ip ospf dead-interval 4",
        ),
        "bgp1": started("ospfd")
        + vtysh(
            "router ospf",
            "ospf router-id 10.9.9.9",
            "exit",
            "interface eth1",
            "ip ospf area 0",
            "ip ospf network point-to-point",
            "ip ospf hello-interval 1",
            "ip ospf dead-interval 4",
        ),
    },
    {
        "pece.interfaces.pe1.red.ospf": "*(unexpected: eth3)",
        "pece.no-other-adjacency.pe1.red.ospf": "also 10.9.9.9 on eth3",
    },
    daemons=True,
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProvenLab]:
    with proven(str(FOLDER), Terminal(tmp_path_factory.mktemp("state"))) as there:
        yield there


def test_flows_cross_every_branch(lab: ProvenLab) -> None:
    seen = {str(one.check.id): one.observed for one in lab.report().findings}
    # The first 8 miss one of 4 branches in 2 of 100 cases, by chance; then all 22 are sent.
    crossed = {f"{flows} of {flows} flows arrived over 4 of 4 branches" for flows in (8, 22)}
    for site in ("bgp1", "ospf1", "eigrp1"):
        assert seen[f"data.branches.{site}.bgp2"] in crossed
        assert seen[f"data.branches.bgp2.{site}"] in crossed


def test_one_of_two_links_that_drops_labelled_packets_is_named(lab: ProvenLab) -> None:
    """What has a second label is dropped: customers' packets, and neither BGP's own nor the link check's."""
    port, below_another = "eth2", "0 0x100 at 0"  # the bottom of stack bit of the first entry (RFC 3032 2.1)
    drop = f"tc filter add dev {port} ingress protocol mpls_uc u32 match u32 {below_another} action drop"
    fault = Fault(
        "labelled packets dropped on one of two links",
        {"p1": f"tc qdisc add dev {port} clsact && {drop}"},
        {
            "kernel.qdiscs.p1": f"also clsact on {port}",
            "data.branches.*.bgp2": "* of 22 flows arrived over 4 of 4 branches; "
            f"none of the * over pe1:{port}--p1:{port} arrived",
        },
        blocks=("data.probe.*bgp2*", "data.full-size.*bgp2*"),
        others=3,  # one from each other site
    )
    try:
        assert lab.unexplained(fault) == ()
    finally:
        lab.type_in({"p1": f"tc qdisc del dev {port} clsact"})
    assert lab.wrong() == []


def test_an_adjacency_of_another_protocol_than_the_customers_is_seen(lab: ProvenLab) -> None:
    try:
        unexplained = lab.unexplained(STRANGER)
    finally:
        lab.push()
        # ospfd (FRR 10.3) no longer advertises a connected subnet that it has run on: anew, it does.
        lab.type_in({"pe1": vtysh("router ospf vrf red", "no redistribute connected")})
        lab.push()
    assert unexplained == ()
    assert lab.wrong() == []
