"""What customers lose, from packets alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.training.impact import Customers, at_rest, settled
from orchestrator.verification.prober import Prober
from orchestrator.verification.report.result import Report
from tests.unit.training.broken import findings
from tests.unit.training.handed_in import lesson
from tests.unit.verification.fake_network import FakeNetwork, Fate, Packet, by_the_intent
from tests.unit.verification.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Callable

LAB = shipped("two-vpns")
CUSTOMERS = Customers.of(LAB)
WELL = by_the_intent(LAB)


def lost(carry: Callable[[Packet], Fate]) -> frozenset[str]:
    """What is lost where packets fare so; nothing is asked of the nodes but to send them."""
    network = FakeNetwork(lambda *_: "", carry)
    with Prober(network) as prober:
        found = CUSTOMERS.lost(prober)
    assert network.looks == []
    return found


def test_nothing_is_lost_in_a_lab_that_works() -> None:
    assert lost(WELL) == frozenset()


def test_a_pair_that_is_cut_off_is_named_once() -> None:
    cut = lost(lambda packet: Fate() if packet.ce in {"red1", "red2"} else WELL(packet))
    assert CUSTOMERS.pairs(cut) == {("red1", "red2")}
    assert CUSTOMERS.described(cut) == ("red: red1 - red2: nothing arrives, or no answer comes back",)
    assert CUSTOMERS.restored(cut) == ("red: red1 - red2",)


def test_one_prefix_is_named() -> None:
    gone = lost(lambda packet: Fate() if str(packet.destination) == "172.20.1.1" else WELL(packet))
    (line,) = CUSTOMERS.described(gone)
    assert line.startswith("red: red1 - red2: ")
    assert line.endswith("flows do not arrive: 172.20.1.0/24")


def test_large_packets_are_told_apart() -> None:
    large = lost(lambda packet: Fate() if packet.size else WELL(packet))
    assert CUSTOMERS.described(large) == (
        "red: red1 - red2: small packets arrive, full-size ones do not",
        "blue: blue1 - blue2: small packets arrive, full-size ones do not",
    )


def test_a_leak_is_a_loss_though_everything_arrives() -> None:
    def leaking(packet: Packet) -> Fate:
        return (
            Fate("blue1") if str(packet.destination) == "172.30.1.1" and packet.ce == "red1" else WELL(packet)
        )

    leak = lost(leaking)
    assert leak
    assert CUSTOMERS.pairs(leak) == frozenset()
    assert any(line == "blue: packets that belong elsewhere at blue1" for line in CUSTOMERS.described(leak))
    assert "blue: packets that belong elsewhere at blue1" not in CUSTOMERS.restored(leak)
    assert "no longer: blue: packets that belong elsewhere at blue1" in CUSTOMERS.restored(leak)


@pytest.mark.parametrize(
    ("looks", "broken", "sees"),
    [
        (["", "a", "ab", "ab", "ab"], True, "ab"),
        (["a", ""], False, ""),
        (["ab", "a", "a", "a"], False, "a"),
        ([""], False, ""),
    ],
)
def test_it_is_looked_at_until_it_does_not_change(
    looks: list[str], sees: str, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> None:
    monkeypatch.setattr("orchestrator.training.impact._PAUSE", 0)
    left = iter(looks)
    assert settled(lambda: frozenset(next(left)), broken=broken, within=1e6) == frozenset(sees)
    assert not list(left)


def test_it_is_looked_at_no_longer_than_it_may() -> None:
    now = iter(range(100))
    assert settled(frozenset, broken=True, within=0, clock=lambda: float(next(now))) == frozenset()


def broken(name: str) -> Report:
    one = lesson(name, 0)
    return Report("two-vpns", findings(one.lab, one.variant), 1.0)


SOME = frozenset(list(CUSTOMERS.flows)[:1])
NONE: frozenset[str] = frozenset()
IGP, LDP = broken("lost-loopback"), broken("no-labels")


@pytest.mark.parametrize(
    ("looks", "took"),
    [
        ([(NONE, LDP)], 1),
        ([(SOME, LDP)] * 9, 4),  # 10 s a look: the change, if any, is awaited for 30 s
        ([(SOME, IGP), (SOME, IGP), (SOME, LDP), (NONE, LDP)], 4),
        (
            [(SOME, IGP), (SOME, LDP), (SOME, IGP), (SOME, LDP)] * 9,
            10,
        ),  # for ever, but not longer than it may
    ],
)
def test_what_still_comes_up_is_waited_for(looks: list[tuple[frozenset[str], Report]], took: int) -> None:
    """While one thing comes up after the other, what customers lose stays the same, and the proof changes."""
    seconds = [0.0]
    left = iter(looks)
    seen = []

    def look() -> tuple[frozenset[str], Report]:
        seconds[0] += 10
        seen.append(next(left))
        return seen[-1]

    assert at_rest(look, quiet=30, within=95, clock=lambda: seconds[0]) == seen[-1]
    assert len(seen) == took
