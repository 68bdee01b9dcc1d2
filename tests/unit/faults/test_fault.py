"""`Fault` is data: the same after JSON, after a lab has been asked for it, and after a scenario's words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.faults.fault import Fault, NoSuchTarget, parse_fault
from orchestrator.faults.injections import CeMisconfigured, ConfigurationChanged, Injection
from orchestrator.faults.naming import inject, names
from orchestrator.faults.scenario import load_scenarios
from orchestrator.loading import load_lab
from orchestrator.render.daemons import daemons
from orchestrator.shipped import LABS

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab

LAB = load_lab(LABS / "two-vpns")
LINKS = [name for name in names(LAB) if "-" in name]
NODES = [node.name for node in LAB.nodes]
AT_CE: dict[str, list[dict[str, object]]] = {
    "two-vpns": [{}, {"asn": 65009, "password": "none", "keepalive": 3}, {"mtu": 1400, "prefix-length": 29}],
    "ospf": [{"area": 7, "network": "broadcast", "authentication": {"id": 2, "key": "k"}}, {"dead": 9}],
    "eigrp-same-as": [{"asn": 9, "k-values": [1, 1, 1, 0, 0]}, {"authentication": {"key": "k"}}],
    "static": [{"mtu": 1400}],
}


def numbers(most: float) -> st.SearchStrategy[float]:
    return st.integers(1, int(most) * 10).map(lambda tenths: tenths / 10)


links = st.builds(
    Fault, st.sampled_from(LINKS), loss=st.just(0.0) | numbers(100), delay=st.just(0.0) | numbers(60_000)
)
nodes = st.builds(Fault, st.sampled_from([*NODES, *(name for name in names(LAB) if ":" in name)]))
killed = st.sampled_from([Fault(node, daemon=one) for node, there in daemons(LAB).items() for one in there])
typed = st.builds(Fault, st.sampled_from(NODES), lines=st.lists(st.text(), min_size=1).map(tuple))
at_ce = st.sampled_from([Fault("red1", at_ce=values) for values in AT_CE["two-vpns"]])
faults = links | nodes | killed | typed | at_ce


def again(fault: Fault) -> Fault:
    return Fault.from_dict(json.loads(json.dumps(fault.to_dict())))


@given(faults)
def test_a_fault_of_any_kind_is_the_same_after_json(fault: Fault) -> None:
    assert again(fault) == fault


@given(faults)
def test_a_fault_of_any_kind_is_found_again_in_its_lab_from_what_is_remembered(fault: Fault) -> None:
    found = inject(LAB, fault)
    assert inject(LAB, again(found.fault)) == found
    assert inject(LAB, again(found.fault)).fault == found.fault


@given(links | nodes | killed)
def test_the_words_of_a_scenario_say_the_same(fault: Fault) -> None:
    assert parse_fault(str(fault)) == fault


@pytest.mark.parametrize("name", AT_CE)
def test_what_a_ce_may_override_is_found_again(name: str) -> None:
    lab = load_lab(LABS / name)
    ce = lab.sites[0].attachments[0].ce.node
    for values in AT_CE[name]:
        found = inject(lab, Fault(ce, at_ce=values))
        assert isinstance(found, CeMisconfigured)
        assert inject(lab, again(found.fault)) == found


def injections(lab: Lab) -> list[Injection]:
    return [fault for one in load_scenarios(lab) for step in one.steps for fault in step.fails]


@pytest.mark.parametrize(
    "folder", sorted(one for one in LABS.iterdir() if one.is_dir()), ids=lambda folder: folder.name
)
def test_everything_that_a_scenario_does_is_data(folder: str) -> None:
    lab = load_lab(LABS / folder)
    for one in injections(lab):
        assert inject(lab, again(one.fault)) == one


def test_lines_are_for_any_node_and_may_be_secret() -> None:
    changed = inject(LAB, Fault("pe1", lines=("neighbor 10.1.0.1 password hush",)))
    assert changed == ConfigurationChanged("pe1", ("neighbor 10.1.0.1 password hush",))
    assert str(changed.fault) == "pe1 configured by hand"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({}, "a fault without a target; give the name of a link, a node or a LAN"),
        ({"target": 1}, "a fault without a target; *"),
        ({"target": "pe1", "kind": "lost"}, "a fault has no 'kind'; known: target, loss, delay, *"),
        ({"target": "pe1", "loss": "20%"}, "'20%' is no 'loss' of a fault; *"),
        ({"target": "pe1", "lines": "no router bgp"}, "'no router bgp' is no 'lines' of a fault; *"),
        ({"target": "pe1-p1", "loss": 101}, "'101' is no share of packets; *"),
        ({"target": "pe1-p1", "delay": -1}, "'-1' is no delay; *"),
        ({"target": "pe1", "daemon": "bgpd", "loss": 5}, "the fault of pe1 is several things at once; *"),
    ],
)
def test_other_data_is_refused(data: dict[str, object], complaint: str) -> None:
    with pytest.raises(NoSuchTarget) as error:
        Fault.from_dict(data)
    start, star, _ = complaint.partition("*")
    assert str(error.value).startswith(start) if star else str(error.value) == complaint


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        (Fault("pe1-p1", daemon="bgpd"), "'bgpd' cannot happen to a link; known: silent, loss 20%, *"),
        (Fault("pe1", loss=5), "'loss 5%' is no daemon of pe1; *"),
        (Fault("pe9", lines=("x",)), "lab 'two-vpns' has no node 'pe9'; *"),
        (Fault("pe1", at_ce={}), "pe1 is not a CE; only CEs can be misconfigured; give it lines to type"),
        (Fault("red1", at_ce={"area": 0}), "red1: area: unknown key 'area'; *"),
        (Fault("red1", at_ce={"keepalive": "x"}), "red1: keepalive: 'x' is not *"),
    ],
)
def test_what_cannot_happen_is_reported_with_what_can(fault: Fault, complaint: str) -> None:
    with pytest.raises(NoSuchTarget) as error:
        inject(LAB, fault)
    start, star, _ = complaint.partition("*")
    assert str(error.value).startswith(start) if star else str(error.value) == complaint
