"""Ordinary designs in small: all checks hold once the lab has converged, and a broken route is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.model.load import intent_document
from orchestrator.verification.apart import empty_sites
from tests.unit.model.labs import LabText, small
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Scene

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab

SPEAKING = {
    "bgp": ("protocol: bgp, asn: 65101", "protocol: bgp, asn: 65102"),
    "ospf": ("protocol: ospf", "protocol: ospf, area: 1"),
    "eigrp": ("protocol: eigrp, asn: 100",) * 2,
    "rip": ("protocol: rip",) * 2,
    "static": ("protocol: static",) * 2,
}


def sites(first: str, second: str) -> str:
    return (
        "provider: {asn: 65000}\nvpns:\n  red:\n    sites:\n"
        f"      red1: {{{first}}}\n      red2: {{{second}}}\n"
    )


def failing(lab: Lab) -> list[str]:
    found = Scene.of(lab, Converged(lab).says).findings().values()
    assert len(found) > 10 * len(lab.nodes)
    return [f"{one.check.id}: {one.observed}" for one in found if not one.holds]


@pytest.mark.parametrize("protocol", SPEAKING)
def test_one_pe_with_two_sites(protocol: str, tmp_path: Path) -> None:
    here, there = SPEAKING[protocol]
    intent = sites(f"{here}, prefixes: [172.16.1.0/24]", f"{there}, prefixes: [172.16.2.0/24]")
    lab = LabText(("pe1 pe", "red1 ce", "red2 ce"), ("pe1:eth1 red1:eth1", "pe1:eth2 red2:eth1"), intent)
    assert failing(lab.load(tmp_path)) == []


def test_a_site_without_prefixes_is_warned_of(tmp_path: Path) -> None:
    here, there = SPEAKING["bgp"]
    lab = small(sites(f"{here}, prefixes: [172.16.1.0/24]", there)).load(tmp_path)
    assert failing(lab) == []
    said = [str(one).partition("vpn.yml")[2] for one in empty_sites(lab, intent_document(lab))]
    assert said == [
        ":6: site red2 has no prefixes: no packet can prove that it is reached; give it one: prefixes: […]"
    ]


def test_numbers_with_dots_are_those_without(tmp_path: Path) -> None:
    """AS numbers (RFC 5396), also in route targets, and OSPF areas (RFC 2328 C.2)."""
    dotted = sites(
        "protocol: bgp, asn: 65000.1, prefixes: [172.16.1.0/24]",
        "protocol: ospf, area: 0.0.1.2, at-ce: {area: 0.0.1.3}, prefixes: [172.16.2.0/24]",
    ).replace("asn: 65000}", "asn: 65010.2}")
    plain = dotted.replace("65000.1", "4259840001").replace("65010.2", "4260495362")
    plain = plain.replace("0.0.1.2", "258").replace("0.0.1.3", "259")
    assert small(dotted).load(tmp_path) == small(plain).load(tmp_path)
    right = dotted.replace("at-ce: {area: 0.0.1.3}, ", "").replace(
        "  red:", "  red:\n    import: [65000.1:7]"
    )
    right = right.replace("import: ", "export: [65000.1:7]\n    import: ")
    assert failing(small(right).load(tmp_path)) == []
