"""Ordinary designs in small: all checks hold once the lab has converged, and a broken route is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from orchestrator.model.load import intent_document
from orchestrator.verification.apart import empty_sites
from orchestrator.verification.kit.check import Verdict
from parsers.kernel import DEVICES
from parsers.zebra import ROUTES
from tests.unit.model.labs import LabText, small
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Edit, Scene

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.model.lab import Lab
    from orchestrator.verification.kit.check import Finding

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


def failed(findings: Mapping[str, Finding]) -> list[str]:
    return [name for name, one in findings.items() if one.verdict is Verdict.FAIL]


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


IN_169_254: Final = """
provider:
  asn: 65000
  addressing: {core: 169.254.0.0/24}
vpns:
  red:
    sites:
      red1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
      red2: {protocol: bgp, asn: 65102, prefixes: [172.16.2.0/24]}
"""


def test_169_254_0_0_in_the_core_is_judged_as_any_other_range(tmp_path: Path) -> None:
    """IPv6 makes addresses of one link by itself; one of IPv4 (RFC 3927) was written by somebody."""
    lab = small(IN_169_254).load(tmp_path)
    scene = Scene.of(lab, Converged(lab).says)
    assert failing(lab) == []
    address = "    inet 169.254.0.0/31 scope global eth1\n"
    one_more = Edit("pe1", DEVICES.text, address, address + address.replace("0.0/31", "9.1/24"))
    assert failed(scene.findings(one_more)) == ["link.address.pe1.eth1"]
    route = "B>* 172.16.1.0/24 [20/0] via 10.1.0.2, eth2, weight 1, 00:01:12\n"
    foreign = Edit("pe1", ROUTES.text, route, route + route.replace("172.16.1", "169.254.7"))
    assert failed(scene.findings(foreign)) == ["pece.no-other-prefix.pe1.red"]


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
