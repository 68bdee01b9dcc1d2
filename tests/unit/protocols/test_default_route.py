"""What a site with the default route makes of its VPN's configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.render.frr import frr_configuration
from tests.unit.model.labs import small

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab

INTENT = """
    provider: {{asn: 65000}}
    vpns:
      red:
        sites:
          red1: {{protocol: static, routes: specific, prefixes: [{prefix}]}}
          red2: {{protocol: ospf, area: 1, prefixes: [172.16.2.0/24]}}
    """


@pytest.fixture
def lab(tmp_path: Path, request: pytest.FixtureRequest) -> Lab:
    return small(INTENT.format(prefix=request.param)).load(tmp_path)


def lines(lab: Lab, node: str) -> list[str]:
    return [line.strip() for line in frr_configuration(lab, node, "10.3").splitlines()]


@pytest.mark.parametrize("lab", ["0.0.0.0/0"], indirect=True)
def test_it_goes_to_ospf_and_is_not_taken_from_there(lab: Lab) -> None:
    """ospfd leaves it out of `redistribute`, and gives it no tag: another PE would take it for the site's."""
    said = lines(lab, "pe2")
    assert "default-information originate metric 20" in said
    at = said.index("route-map ospf-to-rib deny 15")
    assert said[at + 1] == "match ip address prefix-list default"
    assert "ip prefix-list default seq 5 permit 0.0.0.0/0" in said


@pytest.mark.parametrize("lab", ["0.0.0.0/0"], indirect=True)
def test_static_routes_name_their_port(lab: Lab) -> None:
    """Its next hop would else be found by the default route, when the link to it is gone."""
    assert "ip route 0.0.0.0/0 10.1.0.2 eth2" in lines(lab, "pe1")
    assert "ip route 172.16.2.0/24 10.1.0.1 eth1" in lines(lab, "red1")
    assert "ip route 0.0.0.0/0 lan1" in lines(lab, "red1")


@pytest.mark.parametrize("lab", ["172.16.1.0/24"], indirect=True)
def test_without_one_nothing_is_different(lab: Lab) -> None:
    assert not [line for line in lines(lab, "pe2") if "default" in line and line.startswith("default")]
    assert "ip route 172.16.1.0/24 10.1.0.2" in lines(lab, "pe1")
