"""Which sites are to reach each other, which were seen to, and which never can."""

from __future__ import annotations

import io
import json
import shutil
from itertools import permutations
from pathlib import Path

import pytest
from rich.console import Console

from orchestrator.loading import load_lab
from orchestrator.model.load import intent_document
from orchestrator.model.state import State
from orchestrator.model.topology import Endpoint
from orchestrator.verification.apart import idle_interconnects, joined_by_default, sites_apart
from orchestrator.verification.expect import expect
from orchestrator.verification.kit.check import Finding, Verdict
from orchestrator.verification.pairs import joined, site_pairs
from orchestrator.verification.report.json import to_json
from orchestrator.verification.report.result import Report
from orchestrator.verification.report.table import to_table
from tests.unit.model.labs import small

LABS = Path(__file__).parents[3] / "labs"
FOUR_PROTOCOLS = Path(__file__).parents[2] / "live" / "four_protocols"


def findings(folder: Path, state: State = State(), broken: str = "") -> tuple[Finding, ...]:  # noqa: B008 -- frozen
    """Everything holds but the check with this id."""
    return tuple(
        Finding(check, Verdict.BLOCKED if str(check.id) == broken else Verdict.PASS, "", "")
        for check in expect(load_lab(folder), state)
    )


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("two-vpns", {("red1", "red2"), ("blue1", "blue2")}),
        ("hub-and-spoke", {("hub", "spoke1"), ("hub", "spoke2"), ("spoke1", "spoke2")}),
        (
            "extranet",
            {("red1", "red2"), ("blue1", "blue2")}
            | {(one, "dns") for one in ("red1", "red2", "blue1", "blue2")},
        ),
        # The others are set wrong on purpose.
        ("parameter-mismatch", {("ce-fine", "ce-hold"), ("ce-fine", "ce-ok"), ("ce-hold", "ce-ok")}),
    ],
)
def test_route_targets_and_hubs_join_sites(name: str, pairs: set[tuple[str, str]]) -> None:
    found = {(here.name, there.name) for here, there in joined(load_lab(LABS / name))}
    assert found == pairs | {(there, here) for here, there in pairs}


def test_all_sites_of_four_protocols_are_joined_and_none_is_foreign() -> None:
    lab = load_lab(FOUR_PROTOCOLS)
    assert set(joined(lab)) == set(permutations(lab.sites, 2))
    assert [one.id for one in expect(lab) if one.id.kind == "isolation"] == []
    assert all(pair.proven for pair in site_pairs(lab, findings(FOUR_PROTOCOLS)))


def test_one_probe_that_does_not_hold_leaves_a_pair_unproven() -> None:
    lab = load_lab(LABS / "two-vpns")
    broken = findings(LABS / "two-vpns", broken="data.full-size.red1.red2")
    report = Report("two-vpns", broken, 1.0, pairs=site_pairs(lab, broken))
    document = json.loads(to_json(report))
    assert document["pairs"] == {"joined": 4, "proven": 3, "not proven": [["red1", "red2"]]}
    console = Console(file=io.StringIO(), width=120)
    console.print(to_table(report))
    assert isinstance(console.file, io.StringIO)
    assert (
        "3 of 4 site pairs are proven to reach each other; not proven: red1 - red2\n"
        in console.file.getvalue()
    ), console.file.getvalue()


def test_a_prefix_that_is_gone_leaves_its_pairs_unproven() -> None:
    lab = load_lab(LABS / "two-vpns")
    state = State(lans_down=frozenset({Endpoint("red1", "lan1")}))
    pairs = site_pairs(lab, findings(LABS / "two-vpns", state))
    assert [str(pair) for pair in pairs if not pair.proven] == ["red1 - red2", "red2 - red1"]


@pytest.mark.parametrize(
    "folder", sorted(one for one in LABS.iterdir() if one.is_dir()), ids=lambda one: one.name
)
def test_in_no_lab_of_the_repository_is_a_site_apart(folder: Path) -> None:
    lab = load_lab(folder)
    assert list(sites_apart(lab, intent_document(lab))) == []


def test_sites_that_cannot_meet_are_named_with_line_and_reason(tmp_path: Path) -> None:
    lab = small(
        """
        provider: {asn: 65000}
        vpns:
          red:
            import: ["65000:1", "65000:2"]
            sites:
              red1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}
              red2: {protocol: bgp, asn: 65102, prefixes: [172.16.2.0/24]}
          dns:
            import: ["65000:2", "65000:1"]
            sites:
              dns1: {protocol: bgp, asn: 65101, prefixes: [172.17.1.0/24, 172.16.2.0/24]}
        """,
        "dns1 ce",
        more_links=("pe1:eth3 dns1:eth1",),
    ).load(tmp_path)
    said = [str(one).partition("vpn.yml:")[2] for one in sites_apart(lab, intent_document(lab))]
    as_65101 = (
        "both have AS 65101, and BGP takes a path with its own AS number for a loop; "
        "give one another asn, or both own-as: as-override"
    )
    twice = "has it, too; sites that reach each other need prefixes of their own"
    assert said == [
        f"8: site red1 gets no route to 172.16.2.0/24 of site red2: dns1 {twice}",  # dns1 is at red1's own PE
        f"12: site red1 gets no route to 172.17.1.0/24, 172.16.2.0/24 of site dns1: {as_65101}",
        f"12: site red2 gets no route to 172.16.2.0/24 of site dns1: red2 {twice}",
        f"7: site dns1 gets no route to 172.16.1.0/24 of site red1: {as_65101}",
        f"8: site dns1 gets no route to 172.16.2.0/24 of site red2: dns1 {twice}",
    ]


def test_vpns_that_a_default_route_leads_together_are_named(tmp_path: Path) -> None:
    """Nobody's route targets join red1 and blue1; the site with the way out knows both, and forwards."""
    lab = small(
        """
        provider: {asn: 65000}
        vpns:
          red:
            import: ["65000:1", "65000:3"]
            export: ["65000:1", "65000:31"]
            sites: {red1: {protocol: bgp, asn: 65101, prefixes: [172.16.1.0/24]}}
          blue:
            import: ["65000:2", "65000:3"]
            export: ["65000:2", "65000:31"]
            sites: {red2: {protocol: bgp, asn: 65102, prefixes: [172.17.1.0/24]}}
          out:
            import: ["65000:31"]
            export: ["65000:3"]
            sites: {out1: {protocol: bgp, asn: 65103, prefixes: [0.0.0.0/0]}}
        """,
        "out1 ce",
        more_links=("pe1:eth3 out1:eth1",),
    ).load(tmp_path)
    (said,) = joined_by_default(lab, intent_document(lab))
    assert said.what == "sites red1 and red2 of VPNs red and blue reach each other by 0.0.0.0/0"
    assert list(sites_apart(lab, intent_document(lab))) == []


def test_sites_with_one_prefix_need_not_reach_each_others(tmp_path: Path) -> None:
    lab = small(
        """
        provider: {asn: 65000}
        vpns:
          red:
            sites:
              red1: {protocol: bgp, asn: 65101, prefixes: [10.53.53.53/32, 172.16.0.0/16]}
              red2: {protocol: bgp, asn: 65102, prefixes: [10.53.53.53/32, 172.16.0.0/24]}
              red3: {protocol: bgp, asn: 65103, prefixes: [172.16.3.0/24]}
        """,
        "red3 ce",
        more_links=("pe1:eth3 red3:eth1",),
    ).load(tmp_path)
    assert list(sites_apart(lab, intent_document(lab))) == []
    asked = {str(check.id): check.title for check in expect(lab) if check.id.layer == "data"}
    assert asked["data.anycast.red3.10.53.53.53/32"] == "172.16.3.1 reaches 10.53.53.53 at red1"
    assert "data.anycast.red1.10.53.53.53/32" not in asked
    assert (
        asked["data.probe.red2.red1.172.16.0.0/24.172.16.0.0/16"] == "172.16.0.1 reaches 172.16.1.1 at red1"
    )


def test_an_interconnect_for_a_vpn_of_one_provider_is_warned_of(tmp_path: Path) -> None:
    folder = tmp_path / "inter-as-a"
    shutil.copytree(LABS / "inter-as-a", folder, ignore=shutil.ignore_patterns("exercises"))
    intent = folder / "vpn.yml"
    lines = intent.read_text(encoding="utf-8").splitlines(keepends=True)
    (moved,) = (line for line in lines if line.startswith("      red2:"))
    lines.remove(moved)
    intent.write_text("".join((*lines, moved)), encoding="utf-8")  # to green, which is the last
    lab = load_lab(folder)
    said = [str(one).partition("vpn.yml:")[2] for one in idle_interconnects(lab, intent_document(lab))]
    assert said == [
        f"{line}: the interconnect at n-br{number}:eth2 is for VPN red, whose sites are all at north; "
        "nothing crosses: attach a site to the other provider, or leave it out"
        for line, number in ((14, 1), (15, 2))
    ]
    for whole in ("inter-as-a", "inter-as-b"):
        lab = load_lab(LABS / whole)
        assert list(idle_interconnects(lab, intent_document(lab))) == []
