from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.fault import NoSuchTarget
from orchestrator.faults.injections import (
    DaemonKilled,
    LinkCut,
    LinkImpaired,
    NodeLost,
    PrefixWithdrawn,
    described,
)
from orchestrator.faults.naming import names, read_fault

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab


@pytest.mark.parametrize("name", ["pe1-p1", "p1-pe1", "pe1:eth1", "p1:eth1", "pe1:eth1-p1:eth1"])
def test_a_link_has_many_names(lab: Lab, name: str) -> None:
    fault = read_fault(lab, name)
    assert isinstance(fault, LinkCut)
    assert {str(end) for end in fault.link} == {"pe1:eth1", "p1:eth1"}
    assert fault.target == "link pe1-p1"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("pe1-p1", "link pe1-p1 cut"),
        ("pe1-p1 silent", "link pe1-p1 silent"),
        ("pe1-p1 loss 100%", "link pe1-p1 silent"),
        ("pe1-p1 loss 2.5% delay 50ms", "link pe1-p1 loss 2.5%, delay 50ms"),
        ("pe1-p1 delay 1s", "link pe1-p1 delay 1000ms"),
        ("pe2", "node pe2 lost"),
        ("pe2 bgpd", "node pe2 without bgpd"),
        ("red1:lan1", "LAN red1:lan1 down, 172.16.1.0/24 withdrawn"),
    ],
)
def test_what_happens_is_reported_and_read_again_from_its_own_words(lab: Lab, words: str, what: str) -> None:
    fault = read_fault(lab, words)
    assert described(fault) == what
    assert read_fault(lab, str(fault.fault)) == fault


def test_every_name_of_a_lab_means_something(lab: Lab, hub: Lab) -> None:
    for one in (lab, hub):
        for name in names(one):
            assert isinstance(read_fault(one, name), LinkCut | NodeLost | PrefixWithdrawn)


def test_each_kind_says_what_to_expect(lab: Lab) -> None:
    cut, silent, lossy = (read_fault(lab, f"pe1-p1{how}") for how in ("", " silent", " loss 5%"))
    assert isinstance(cut, LinkCut)
    assert isinstance(silent, LinkImpaired)
    assert cut.state.links_down == silent.state.links_silent == {cut.link}
    assert not lossy.state.links_silent
    assert read_fault(lab, "pe2").state.nodes_down == {"pe2"}
    assert {str(end) for end in read_fault(lab, "red1:lan1").state.lans_down} == {"red1:lan1"}
    assert isinstance(killed := read_fault(lab, "pe1 ospfd"), DaemonKilled)
    assert killed.needs_push == {"pe1"}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("pe1-p3", "lab 'two-vpns' has no link, node or LAN 'pe1-p3'; did you mean 'pe1-p1'?"),
        ("red1:lan9", "lab 'two-vpns' has no link, node or LAN 'red1:lan9'; did you mean 'red1:lan3'?"),
        ("", "lab 'two-vpns' has no link, node or LAN ''; known: *"),
        ("pe1-p1 slow", "'slow' cannot happen to a link; known: silent, loss 20%, delay 50ms"),
        ("pe1-p1 loss", "'loss' cannot happen to a link; known: silent, loss 20%, delay 50ms"),
        ("pe1-p1 loss 0", "'0' is no share of packets; write it like 20%, more than 0 and at most 100"),
        ("pe1-p1 loss 101%", "'101%' is no share of packets; write it like 20%, more than 0 and at most 100"),
        ("pe1-p1 delay long", "'long' is no delay; write it like 50ms, more than 0 and at most 60s"),
        ("pe1 silent", "'silent' is no daemon of pe1; known: *"),
        ("p1 bgpd", "'bgpd' is no daemon of p1; *"),
        ("red1:lan1 silent", "'silent' cannot happen to a LAN; it goes down: say its name only"),
    ],
)
def test_what_is_not_there_is_reported_with_what_is(lab: Lab, words: str, complaint: str) -> None:
    with pytest.raises(NoSuchTarget) as error:
        read_fault(lab, words)
    start, star, _ = complaint.partition("*")
    assert str(error.value).startswith(start) if star else str(error.value) == complaint


def test_of_two_links_between_two_nodes_an_end_says_which(hub: Lab) -> None:
    with pytest.raises(
        NoSuchTarget, match="'pe1-hub' names 2 links; say which by an end: pe1:eth2, pe1:eth3"
    ):
        read_fault(hub, "pe1-hub")
    assert read_fault(hub, "hub:eth2").target == "link pe1:eth3-hub:eth2"
