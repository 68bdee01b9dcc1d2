"""Text facts equal JSON facts, on the fields that both show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from parsers import NotThisOutput
from parsers.bgp import VPN_ROUTES
from tests.parsers.cases import CASES, Case
from tests.parsers.json_witness import Seen, vpn_prefix, witness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TWINS = tuple(case for case in CASES if case.twin.exists())


def project(fact: object, seen: Mapping[str, object]) -> Seen:
    """Return those fields of the fact that the witness saw."""
    return {name: _value(getattr(fact, name), value) for name, value in seen.items()}


def _value(value: object, seen: object) -> object:
    """Project the facts within a fact (the hops of a route), too."""
    if isinstance(value, tuple) and isinstance(seen, tuple) and any(isinstance(each, dict) for each in seen):
        return tuple(project(inner, outer) for inner, outer in zip(value, seen, strict=True))
    return value


def ordered(rows: Iterable[object]) -> list[object]:
    """FRR walks its tables in different orders for text and for JSON."""
    return sorted(rows, key=_key)


def _key(row: object) -> str:
    identity = {"vrf", "rd", "prefix", "protocol", "peer", "in_label", "nexthop", "address", "name", "lsr_id"}
    identity |= {"safi", "router_id", "source", "interface", "distance", "table", "kind"}
    fields: Mapping[str, object] = (
        row if isinstance(row, dict) else {name: getattr(row, name, None) for name in identity}
    )
    return repr([(name, str(fields[name])) for name in sorted(identity) if fields.get(name) is not None])


@pytest.mark.parametrize("case", _TWINS, ids=str)
def test_text_and_json_say_the_same(case: Case) -> None:
    try:
        facts = case.facts()
    except NotThisOutput:
        assert case.twin.read_text("utf-8") == case.output, "only the text is refused"
        return
    text = case.twin.read_text("utf-8")
    seen = () if text.startswith(("%", "OSPF is not")) else witness(case.command, text)
    assert len(facts) == len(seen)
    for fact, other in zip(ordered(facts), ordered(seen), strict=True):
        assert isinstance(other, dict)
        assert project(fact, other) == other


def test_there_is_a_twin_for_every_witnessed_command() -> None:
    assert len({case.command.name for case in _TWINS}) >= 12


@pytest.mark.parametrize("case", [case for case in CASES if (case.folder / "prefix.json").exists()], ids=str)
def test_label_and_route_targets_are_those_of_the_single_prefix(case: Case) -> None:
    """``show bgp ipv4 vpn PREFIX json`` has what ``show bgp ipv4 vpn json`` leaves out."""
    (seen,) = vpn_prefix((case.folder / "prefix.json").read_text("utf-8"))
    (fact,) = (
        fact
        for fact in VPN_ROUTES.parse(case.output, case.version)
        if (fact.rd, fact.prefix) == (seen["rd"], seen["prefix"])
    )
    assert project(fact, seen) == seen
