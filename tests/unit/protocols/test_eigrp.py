"""EIGRP between sites: metrics by hand, internal and external, and the way that is preferred."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.loading import load_lab
from orchestrator.model.metric import LinkMetric
from orchestrator.model.state import State
from orchestrator.protocols.eigrp.metric import across, composite, own_vector, rebuilt, vector_of
from orchestrator.protocols.registry import effective_lab, on_pe
from orchestrator.routing.routes import Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from orchestrator.model.lab import Lab
    from orchestrator.routing.effective_lab import EffectiveLab

LABS = Path(__file__).parents[3] / "labs"
P1, P2, P3 = (IPv4Network(f"172.16.{number}.0/24") for number in (1, 2, 3))
USUAL = (1, 0, 1, 0, 0)
FAST, SLOW, T1 = LinkMetric(100_000, 10), LinkMetric(10_000, 100), LinkMetric(1544, 2000)


def routing(lab: Lab, *cuts: tuple[str, str]) -> EffectiveLab:
    pairs = [set(pair) for pair in cuts]
    gone = (link for link in lab.topology.links if {link.a.node, link.b.node} in pairs)
    return effective_lab(lab, State(links_down=frozenset(gone)))


def held(lab: EffectiveLab, table: Table, prefix: IPv4Network) -> Route:
    return lab.routing[table][prefix]


@pytest.mark.parametrize(
    ("link", "metric"),
    [(FAST, 28160), (SLOW, 281600), (T1, 2169856), (LinkMetric(1_000_000, 1), 2816)],
    ids=["Fast Ethernet", "Ethernet", "T1 of 20 ms", "Gigabit Ethernet"],
)
def test_the_metrics_that_everybody_knows(link: LinkMetric, metric: int) -> None:
    assert composite(own_vector(link), USUAL) == metric


def test_the_slowest_link_counts_once_and_all_delays_do() -> None:
    vector = across(across(own_vector(FAST), SLOW), FAST)
    assert composite(vector, USUAL) == 256 * (10**7 // 10_000 + 10 + 100 + 10)


def test_other_weights() -> None:
    vector = own_vector(FAST)
    assert composite(vector, (1, 1, 1, 0, 0)) == 28160 + 25600 // 255
    assert composite(vector, (1, 0, 1, 1, 1)) == 28160 // (1 + 255)


@pytest.mark.parametrize("metric", [2, 2816, 25600, 25601, 28160, 2169856])
def test_the_provider_adds_nothing(metric: int) -> None:
    assert composite(rebuilt(metric, external=False), USUAL) == metric


def test_one_as_is_internal_with_the_metric_of_the_whole_way() -> None:
    lab = routing(load_lab(LABS / "eigrp-same-as"))
    there = held(lab, Table("ce1"), P3)
    assert (there.preference, (vector := vector_of(there)) and vector.external) == (
        Preference(90, (33280,)),
        False,
    )
    # ce2's slow link: at pe2 256 * (1000 + 110), then 10 more of ce1's delay.
    assert held(lab, Table("ce1"), P2).attributes.med == 256 * (1000 + 110) + 256 * 10
    # The other way round the slow bandwidth comes last, on top of what is delay by then.
    assert held(lab, Table("ce2"), P1).attributes.med == 256 * (1000 + 100) + (30720 - 25600)


def test_another_as_is_external() -> None:
    lab = routing(load_lab(LABS / "eigrp-different-as"))
    assert held(lab, Table("ce1"), P2).preference == Preference(170, (33280,))
    assert held(lab, Table("ce1"), P3).preference == Preference(90, (33280,))
    assert held(lab, Table("ce2"), P1).preference == Preference(170, (33280,))


def test_the_provider_is_better_than_a_slow_backdoor() -> None:
    lab = routing(load_lab(LABS / "eigrp-backdoor"))
    assert held(lab, Table("ce1"), P2).source is RouteSource.PE_CE
    assert held(lab, Table("pe1", "red"), P2).source is RouteSource.IMPORT


@pytest.mark.parametrize("cut", [("p1", "pe1"), ("p1", "pe2"), ("pe1", "ce1"), ("pe2", "ce2")])
def test_the_backdoor_takes_over(cut: tuple[str, str]) -> None:
    lab = routing(load_lab(LABS / "eigrp-backdoor"), cut)
    assert held(lab, Table("ce1"), P2).source is RouteSource.BACKDOOR
    assert held(lab, Table("ce2"), P1).source is RouteSource.BACKDOOR


def test_a_site_without_its_pe_is_in_the_vpn_by_the_other_site() -> None:
    lab = routing(load_lab(LABS / "eigrp-backdoor"), ("pe1", "ce1"))
    there = held(lab, Table("pe2", "red"), P1)
    assert (there.source, str(there.attributes.site_of_origin)) == (RouteSource.PE_CE, "65000:10001")
    assert held(lab, Table("pe3", "red"), P1).source is RouteSource.IMPORT


def test_what_has_been_across_the_vpn_is_kept_back() -> None:
    """With pe2 cut off ce3's prefix comes to it by pe1, ce1 and ce2: another site's, not for the VPN."""
    lab = routing(load_lab(LABS / "eigrp-backdoor"), ("p1", "pe2"))
    there = held(lab, Table("pe2", "red"), P3)
    assert (there.source, str(there.attributes.site_of_origin), there.not_exported) == (
        RouteSource.PE_CE,
        "65000:10002",
        True,
    )


def test_a_fast_backdoor_is_better_for_the_sites_and_the_provider_for_its_pes() -> None:
    lab = load_lab(LABS / "eigrp-backdoor")
    fast = LinkMetric(1_000_000, 1)
    vpns = tuple(
        replace(vpn, backdoors=tuple(replace(one, link=fast) for one in vpn.backdoors)) for vpn in lab.vpns
    )
    state = routing(replace(lab, vpns=vpns))
    assert held(state, Table("ce1"), P2).source is RouteSource.BACKDOOR
    assert held(state, Table("ce1"), P2).attributes.med == 25600 + 256 * 11
    # From pe1 it is 25600 + 256 * 21 that way, and 25600 + 256 * 20 to pe2 over a provider that adds nothing.
    assert held(state, Table("pe1", "red"), P2).source is RouteSource.IMPORT


def test_the_route_map_lets_only_the_sites_of_the_pe_pass() -> None:
    lab = load_lab(LABS / "eigrp-same-as")
    lines = [line for block in on_pe(lab, lab.vrf("pe2", "red")).blocks for line in block]
    assert [line for line in lines if line.startswith(" match tag")] == [
        f" match tag {site << 1 | external}" for site in (10001, 10002) for external in (0, 1)
    ]
