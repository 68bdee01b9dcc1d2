from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.execute import NotDone
from orchestrator.faults.snapshot_diff import ASPECTS, residue, take_image
from orchestrator.verification.kit.answers import Transcript, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.faults.snapshot_diff import Image

ROUTES = (
    "10.0.0.0/31 dev eth1 proto kernel scope link src 10.0.0.0 \n"
    "172.16.2.0/24 nhid 110  encap mpls  18/80 via 10.0.0.1 dev eth1 table 1001 proto bgp metric 20 \n"
)
LFIB = "16 via inet 10.0.0.1 dev eth1 proto ldp \n17 as to 16 via inet 10.0.0.1 dev eth1 proto ldp \n"
DEVICES = (
    "2: eth1@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000\n"
    "    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0 \n"
    "    veth numtxqueues 1 numrxqueues 1 gso_max_size 65536 gso_max_segs 65535 \n"
    "    inet 10.0.0.0/31 scope global eth1\n"
    "       valid_lft forever preferred_lft forever\n"
)
CONFIGURATION = (
    "Building configuration...\n\nCurrent configuration:\n!\n"
    "router ospf\n ospf router-id 1.1.1.1\nexit\n!\nend\n"
)
ROUTE, MPLS, ADDRESS, QUEUE = "ip route show table all", "ip -M route", "ip -d addr", "tc qdisc show"
CONFIGURED = "show running-config"
SAID = {
    ROUTE: ROUTES,
    MPLS: LFIB,
    ADDRESS: DEVICES,
    QUEUE: "qdisc noqueue 0: dev eth1 root refcnt 2 \n",
    CONFIGURED: CONFIGURATION,
}


def image(changed: Mapping[str, str] | None = None) -> Image:
    """What a node is like; `changed` gives other outputs."""

    def collect(wanted: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, str], Transcript | Unreachable]:
        said = SAID | dict(changed or {})
        return {
            (node, command): Transcript(node, command, said.get(command, ""), 0)
            for node, commands in wanted.items()
            for command in commands
        }

    return take_image(collect, ["pe1"])


def test_nothing_is_left_where_all_is_as_before() -> None:
    assert residue(image(), image()) == ()


def test_labels_may_be_others_and_their_number_may_not() -> None:
    relabelled = ROUTES.replace("18/80", "21/96"), LFIB.replace("17 as to 16", "23 as to 19")
    assert residue(image(), image({ROUTE: relabelled[0], MPLS: relabelled[1]})) == ()
    assert residue(image(), image({ROUTE: ROUTES.replace("18/80", "80")})) == (
        "pe1: route left over: unicast 172.16.2.0/24 in table 1001 by bgp via 10.0.0.1 eth1 1 labels",
        "pe1: route missing: unicast 172.16.2.0/24 in table 1001 by bgp via 10.0.0.1 eth1 2 labels",
    )
    assert residue(image(), image({MPLS: LFIB + LFIB.splitlines(keepends=True)[1].replace("17", "18")})) == (
        "pe1: LFIB entry left over: by ldp to via 10.0.0.1 eth1 1 labels",
    )


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        (
            {QUEUE: "qdisc netem 8001: dev eth1 root refcnt 2 limit 1000 loss 100% \n"},
            "pe1: queue left over: qdisc netem 8001: dev eth1 root refcnt 2 limit 1000 loss 100% ",
        ),
        (
            {ROUTE: ROUTES + "203.0.113.0/24 dev eth1 scope link \n"},
            "pe1: route left over: unicast 203.0.113.0/24 in table 254 by boot eth1",
        ),
        (
            {ADDRESS: DEVICES.replace(",UP,LOWER_UP", "").replace("state UP", "state DOWN")},
            "pe1: interface left over: eth1 veth down mtu 1500 master None 10.0.0.0/31",
        ),
        (
            {CONFIGURED: CONFIGURATION.replace(" ospf ", " passive-interface default\n ospf ")},
            "pe1: line of configuration left over: router ospf > passive-interface default",
        ),
    ],
)
def test_what_is_left_over_is_named(changed: dict[str, str], shown: str) -> None:
    assert residue(image(), image(changed))[0] == shown
    assert residue(image(changed), image())[-1] == shown.replace("left over", "missing")


def test_a_node_that_does_not_answer_is_not_taken_for_an_empty_one() -> None:
    def collect(wanted: Mapping[str, Sequence[str]]) -> Mapping[tuple[str, str], Transcript | Unreachable]:
        return {("pe1", command): Unreachable("pe1", "no SSH") for command in wanted["pe1"]}

    with pytest.raises(NotDone, match="pe1: no SSH"):
        take_image(collect, ["pe1"])


def test_every_aspect_has_a_name_and_a_command_of_its_own() -> None:
    assert len({aspect.name for aspect in ASPECTS}) == len({one.command for one in ASPECTS}) == len(ASPECTS)
