"""What a daemon holds of its route maps is what counts, whatever the others still hold."""

from __future__ import annotations

import pytest

from orchestrator.render.difference import configuration_changes
from orchestrator.render.policy import as_applied, own_configurations

LIST = "ip prefix-list lan seq 5 permit 10.1.0.0/30\n"
FIRST = "route-map local permit 10\n match ip address prefix-list lan\n set metric 28160\nexit\n"
SECOND = "route-map local permit 20\nexit\n"
OTHER = "route-map to-rib deny 10\nexit\n"
BGP = (
    "router bgp 65000 vrf red\n address-family ipv4 unicast\n"
    "  redistribute connected route-map local\n exit-address-family\nexit\n"
)
OSPF = "router ospf\n ospf router-id 10.0.0.1\nexit\n"
PROTOCOL = "ip protocol ospf route-map to-rib\n"
WANTED = PROTOCOL + OSPF + BGP + LIST + FIRST + SECOND + OTHER
MERGED = f"frr version 10.3\n!\n{WANTED}end\n"


def changes(running: str, **own: str) -> str:
    return configuration_changes(as_applied(running, WANTED, own), WANTED, "10.3").commands


def test_the_daemons_are_asked_that_apply_something() -> None:
    assert own_configurations(WANTED) == {
        "bgpd": "show running-config bgpd",
        "zebra": "show running-config zebra",
    }
    assert own_configurations(OSPF + LIST + FIRST) == {}


@pytest.mark.parametrize("lost", [LIST, FIRST, SECOND, LIST + FIRST + SECOND])
def test_what_bgpd_lost_is_missing(lost: str) -> None:
    kept = (LIST + FIRST + SECOND).replace(lost, "")
    assert changes(MERGED, bgpd=BGP + kept, zebra=PROTOCOL + OTHER) == lost


def test_a_list_that_a_route_map_matches_on_counts_too() -> None:
    assert changes(MERGED, bgpd=BGP + LIST + FIRST.replace(" set metric 28160\n", "") + SECOND) == (
        "route-map local permit 10\n set metric 28160\nexit\n"
    )


def test_what_bgpd_alone_has_too_many_goes() -> None:
    more = FIRST.replace("exit", " set tag 7\nexit")
    assert (
        changes(MERGED, bgpd=BGP + LIST + more + SECOND) == "route-map local permit 10\n no set tag 7\nexit\n"
    )


def test_a_daemon_that_came_back_with_nothing_gets_all() -> None:
    sent = changes(MERGED.replace(BGP, ""), bgpd="frr version 10.3\nend\n")
    assert sent == LIST + FIRST + SECOND + BGP


def test_a_daemon_that_is_not_there_has_nothing() -> None:
    assert changes(MERGED.replace(BGP, ""), bgpd="bgpd is not running\n") == LIST + FIRST + SECOND + BGP


def test_what_mgmtd_holds_for_a_daemon_is_there() -> None:
    """zebra of FRR 10 prints no line of its own; its lines are in the running configuration all the same."""
    assert changes(MERGED, zebra="no zebra nexthop kernel enable\n", bgpd=BGP + LIST + FIRST + SECOND) == ""


def test_what_a_daemon_that_does_not_apply_it_lacks_is_no_difference() -> None:
    assert changes(MERGED, bgpd=BGP + LIST + FIRST + SECOND, zebra=PROTOCOL + OTHER) == ""
