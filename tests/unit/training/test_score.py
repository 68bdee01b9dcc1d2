from __future__ import annotations

from orchestrator.training.score import Score, beside, economy, healed, of_hints, otherwise

BEFORE = ("pe1 lacks rt vpn both 65000:1 (in router bgp 65000 vrf red)", "pe1 has rt vpn import 65000:9")
LEFT = "pe1 has ip route 172.16.2.0/24 10.0.0.1"


def test_healing_counts_by_what_customers_have_again() -> None:
    assert healed("abcd", "") == 40
    assert healed("abcd", "ab") == 20
    assert healed("abcd", "abcd") == 0
    assert healed("", "") == 0
    assert healed("abcd", "", asked=False) == 80


def test_what_is_newly_broken_costs_as_much() -> None:
    assert healed("abcd", "x") == 30
    assert healed("abcd", "wxyz") == 0
    assert healed("a", "wxyz") == 0


def test_what_is_changed_beside_costs() -> None:
    assert economy(BEFORE, (), ()) == 20
    assert economy(BEFORE, BEFORE[:1], ()) == 20, "what is still as it was broken was not changed"
    assert economy(BEFORE, (LEFT,), ()) == 18
    assert economy(BEFORE, (LEFT.replace("pe1", "p1"),), ()) == 13, "on a router where nothing was broken"
    assert economy(BEFORE, tuple(f"pe1 has line {n}" for n in range(30)), ()) == 0


def test_a_router_that_was_to_be_left_alone_costs_all_of_it() -> None:
    assert economy(BEFORE, (LEFT,), ("pe1",)) == 0
    assert economy(BEFORE, BEFORE, ("pe1",)) == 20


def test_hints_cost_and_nobody_has_less_than_nothing() -> None:
    assert [of_hints(level) for level in range(7)] == [0, 1, 3, 6, 10, 16, 26]
    assert Score(30, 40, 20, 6).total == 84
    assert Score(0, 10, 0, 26).total == 0
    assert str(Score(30, 40, 18, 6)) == ("diagnosis 30/40 + healed 40/40 + economy 18/20 - hints 6 = 82")
    assert str(Score(0, 80, 20, 0, asked=False)) == "healed 80/80 + economy 20/20 = 100"


LACKED = (
    "p1 lacks router ospf",
    "p1 lacks ospf router-id 10.255.0.2 (in router ospf)",
    "p1 lacks ip ospf area 0 (in interface eth1)",
)
OWN_WAY = ("p1 has network 10.0.0.0/24 area 0 (in router ospf)", LACKED[2])


def test_another_way_to_heal_it_is_not_beside_it() -> None:
    assert economy(LACKED, OWN_WAY, ()) == 20
    assert beside(LACKED, OWN_WAY) == ()
    assert otherwise(LACKED, OWN_WAY) == (OWN_WAY[0], LACKED[2])


def test_the_same_line_at_another_place_is() -> None:
    for elsewhere in (
        "p2 has network 10.0.0.0/24 area 0 (in router ospf)",
        "p1 has network 10.0.0.0/24 (in router bgp 65000)",
        "p1 has ip ospf cost 5 (in interface eth2)",
        "p1 needs sysctl -qw net.ipv4.ip_forward=1",
    ):
        assert beside(LACKED, (*OWN_WAY, elsewhere)) == (elsewhere,)
        assert economy(LACKED, (*OWN_WAY, elsewhere), ()) < 20
