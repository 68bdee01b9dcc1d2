from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.protocols.registry import daemons, on_ce, on_pe
from tests.unit.model.labs import small

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab

INTENT = """
provider: {asn: 65000}
vpns:
  red:
    sites:
      red1: {protocol: static, routes: ROUTES, prefixes: [172.16.1.0/24]}
      red2: {protocol: static, prefixes: [172.16.2.0/24]}
"""


def _lab(folder: Path, routes: str) -> Lab:
    return small(INTENT.replace("ROUTES", routes)).load(folder)


def test_the_pe_routes_the_site_and_redistributes(tmp_path: Path) -> None:
    lab = _lab(tmp_path, "default")
    part = on_pe(lab, lab.vrf("pe1", "red"))
    assert part.table == (" ip route 172.16.1.0/24 10.1.0.2",)
    assert part.unicast == ("  redistribute static",)
    assert part.bgp == ()


def test_the_ce_routes_everything_or_each_prefix_to_its_pe(tmp_path: Path) -> None:
    assert on_ce(_lab(tmp_path / "a", "default"), "red1").table == ("ip route 0.0.0.0/0 10.1.0.1",)
    assert on_ce(_lab(tmp_path / "b", "specific"), "red1").table == (
        "ip route 10.1.0.4/30 10.1.0.1",
        "ip route 172.16.2.0/24 10.1.0.1",
    )


def test_a_ce_without_bgp_runs_none(tmp_path: Path) -> None:
    assert daemons(_lab(tmp_path, "default"), "red1") == ("staticd",)
