"""Labels of an ASBR that two routes have, or that it dropped, are told from those of one route each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.verification.asbr_labels import wrong_label_queries, wrong_labels
from orchestrator.verification.kit.facts import CouldNotLook, Facts
from parsers.zebra import LFIB, ROUTES
from tests.unit.verification.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

LAB = shipped("inter-as-c")
# By node that has the route and the node that it leads to: the label of the ASBR. Either ASBR has a 145.
GIVEN = {
    "n-rr": {"s-rr": 147, "s-pe": 148},
    "s-br": {"n-rr": 145, "n-pe": 146},
    "s-rr": {"n-rr": 143, "n-pe": 144},
    "n-br": {"s-rr": 145, "s-pe": 146},
}
NEXT_HOPS = {"n-rr": "10.255.1.4", "s-br": "10.0.1.6", "s-rr": "10.255.2.1", "n-br": "10.0.1.7"}
SWAPPED = {"n-br": (145, 146, 147, 148), "s-br": (143, 144, 145, 146)}
LEGEND = "Codes: K - kernel route, C - connected, > - selected route, * - FIB route\n"
HEADING = """ Inbound Label  Type  Nexthop   Outbound Label
 ----------------------------------------------
"""


def routes(node: str, labels: Mapping[str, int]) -> str:
    """As zebra shows them; the resolving next hops are left out."""
    lines = (
        f"B>* {LAB.vpn_address(end)}/32 [200/0] via {NEXT_HOPS[node]}, eth1, label {label}, 00:05:34"
        for end, label in labels.items()
    )
    return "\n".join((LEGEND, *lines))


def facts(*, node: str = "n-rr", dropped: int = 0, **labels: int) -> Facts:
    """What the nodes say, with other labels at one of them; `_` stands for `-` in the names of ends."""
    given = {**GIVEN, node: GIVEN[node] | {end.replace("_", "-"): label for end, label in labels.items()}}
    told = {(one, ROUTES.text): ROUTES.parse(routes(one, given[one])) for one in given}
    swapped = {
        (asbr, LFIB.text): LFIB.parse(
            HEADING + "".join(f" {one}  BGP  10.0.1.2  16\n" for one in labels if one != dropped)
        )
        for asbr, labels in SWAPPED.items()
    }
    return Facts({**told, **swapped})


def found(facts: Facts) -> list[tuple[str, int, list[str]]]:
    return [
        (one.asbr, one.label.value, [str(route) for route in one.prefixes])
        for one in wrong_labels(LAB, facts)
    ]


def test_each_route_has_a_label_of_its_own() -> None:
    assert found(facts()) == []
    asked = {*((node, ROUTES.text) for node in GIVEN), *((asbr, LFIB.text) for asbr in SWAPPED)}
    assert {one.key for one in wrong_label_queries(LAB)} == asked


def test_nobody_is_asked_without_option_c() -> None:
    assert wrong_label_queries(shipped("inter-as-b")) == ()


def test_one_label_for_two_routes_of_one_provider() -> None:
    north = ["10.255.1.129/32", "10.255.1.131/32"]
    assert found(facts(node="s-br", n_rr=146)) == [("n-br", 146, north)]
    assert found(facts(node="s-rr", n_rr=144)) == [("s-br", 144, north)]


def test_one_label_for_a_route_either_way() -> None:
    """What an ASBR tells one side leads to the other: no node but itself knows both."""
    assert found(facts(node="s-br", n_rr=147)) == [("n-br", 147, ["10.255.1.131/32", "10.255.2.131/32"])]


def test_a_label_that_zebra_dropped() -> None:
    assert found(facts(dropped=148)) == [("n-br", 148, ["10.255.2.132/32"])]


def test_implicit_null_needs_no_entry() -> None:
    assert found(facts(node="s-br", n_rr=3)) == []


def test_a_node_that_could_not_be_looked_at_says_nothing() -> None:
    shared, nothing = facts(node="s-br", n_rr=147), CouldNotLook("no answer")
    assert found(shared.updated({("n-rr", ROUTES.text): nothing})) == []
    assert found(shared.updated({("n-br", LFIB.text): nothing})) == []
