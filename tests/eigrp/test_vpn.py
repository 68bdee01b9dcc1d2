from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigrp.bmp import Initiation, Monitoring, Nlri, PeerDown, PeerUp, VpnPath
from eigrp.community import Community
from eigrp.metric import KValues, VectorMetric, composite
from eigrp.settings import VpnSettings
from eigrp.tlv import External, Route
from eigrp.vpn import Origin, VpnTable, origin_of, route_of, tag_of

RED, BLUE = Community.parse("65000:1"), Community.parse("65000:2")
SITE = Community.parse("65000:3")
PREFIX = IPv4Network("172.16.1.0/24")
PE1, PE3 = IPv4Address("10.255.0.1"), IPv4Address("10.255.0.3")
ME = IPv4Address("10.255.0.2")
TAG = 0xD000FDE8
PLAIN = External(ME, 0, 0, 0, 6, 1)
PATH = VpnPath(
    Nlri("65000:1", PREFIX),
    PE1,
    label=17,
    med=30720,
    route_targets=frozenset({RED}),
    site=SITE,
    large=((65000, 100, 0),),
)


def table(*paths: VpnPath, reachable: tuple[IPv4Address, ...] = (PE1, PE3)) -> VpnTable:
    made = VpnTable(100, KValues(), VpnSettings(11019, frozenset({RED}), redistribute=True))
    for path in paths:
        made.hear(Monitoring(str(path.next_hop), (path,)))
    made.reach(made.next_hops, frozenset(reachable))
    return made


@pytest.mark.parametrize(
    ("large", "site", "origin"),
    [
        (((65000, 100, 0),), SITE, Origin(100, external=False)),
        (((65000, 100, 1),), None, Origin(100, external=True)),
        (((65001, 100, 0), (65000, 200, 1)), SITE, Origin(200, external=True)),
        (((65000, 100, 2), (65000, 0, 0), (65000, 65536, 0)), None, None),
        ((), SITE, None),
    ],
)
def test_the_large_community_says_what_it_was(
    large: tuple[tuple[int, int, int], ...], site: Community | None, origin: Origin | None
) -> None:
    assert origin_of(replace(PATH, large=large, site=site)) == origin


@given(st.integers(1, 0xFFFFFFFE))
def test_of_the_same_as_it_is_internal_with_the_very_metric(med: int) -> None:
    route = route_of(replace(PATH, med=med), 100, ME)
    assert (composite(route.metric, KValues()), route.external, route.site) == (med, None, SITE)
    assert route.metric.hop_count == 0


def test_of_another_as_or_external_or_of_no_eigrp_at_all_it_is_external() -> None:
    other = External(ME, 200, 0, 30720, 2, 1)
    assert route_of(replace(PATH, large=((65000, 200, 0),)), 100, ME).external == other
    assert route_of(replace(PATH, large=((65000, 100, 1),)), 100, ME).external == replace(other, asn=100)
    plain = route_of(replace(PATH, large=(), med=None), 100, ME)
    assert plain == Route(VectorMetric(2560, 25600), External(ME, 0, 0, 0, 9, 1), SITE)
    seed = VectorMetric(1, 2)
    marked = route_of(replace(PATH, large=()), 100, ME, VpnSettings(metric=seed, tag=TAG))
    assert (marked.metric, marked.external and marked.external.tag) == (seed, TAG)


def test_what_another_pe_brought_in_is_none_of_this_site() -> None:
    brought = Route(VectorMetric(2560, 25600), External(ME, 0, TAG, 0, 6, 1))
    assert VpnSettings(tag=TAG).from_vpn(brought)
    assert not VpnSettings(tag=TAG + 1).from_vpn(brought)
    assert not VpnSettings().from_vpn(replace(brought, external=replace(brought.external or PLAIN, tag=0)))
    assert not VpnSettings(tag=TAG).from_vpn(replace(brought, external=None))


def test_the_tag_carries_site_and_type() -> None:
    route = route_of(PATH, 100, ME)
    assert tag_of(route, {SITE}) == 6
    assert tag_of(route_of(PATH, 200, ME), {SITE}) == 7
    assert tag_of(replace(route, site=None), {SITE}) == 0
    assert tag_of(route, {Community.parse("65001:3")}) == 0


def test_the_nearest_internal_one_that_is_imported_and_reachable_wins() -> None:
    far = replace(PATH, nlri=Nlri("65000:9", PREFIX), next_hop=PE3, med=40000)
    stranger = replace(PATH, nlri=Nlri("65000:8", PREFIX), med=1, route_targets=frozenset({BLUE}))
    external = replace(PATH, nlri=Nlri("65000:7", PREFIX), med=1, large=((65000, 100, 1),))
    known = table(PATH, far, stranger, external)
    assert [each.path for each in known.candidates(PREFIX, ME)] == [PATH, far, external]
    assert known.next_hops == {PE1, PE3}
    assert known.reach(known.next_hops, frozenset({PE3})) == {PREFIX}
    best = known.best(PREFIX, ME)
    assert best is not None
    assert best.path == far
    known.reach(known.next_hops, frozenset())
    assert known.best(PREFIX, ME) is None
    known.reach(known.next_hops, frozenset({PE1}))
    known.settings = replace(known.settings, redistribute=False)
    assert known.best(PREFIX, ME) is None


def test_a_next_hop_never_seen_is_strange() -> None:
    known = table(PATH)
    assert not known.strange(Monitoring(str(PE1), (PATH,)))
    assert known.strange(Monitoring(str(PE1), (PATH, replace(PATH, next_hop=PE3))))
    assert not known.strange(PeerUp(str(PE1)))


def test_what_is_withdrawn_or_lost_is_forgotten() -> None:
    known = table(PATH)
    known.hear(Monitoring("10.255.0.9", (PATH,)))  # a second route reflector
    assert known.hear(Monitoring(str(PE1), (), (PATH.nlri,))) == {PREFIX}
    assert [each.peer for each in known.candidates(PREFIX, ME)] == ["10.255.0.9"]
    assert known.hear(PeerDown(str(PE1))) == set()
    assert known.hear(PeerDown("10.255.0.9")) == {PREFIX}
    assert known.paths == {}
    known.hear(Monitoring(str(PE1), (PATH,)))
    assert known.hear(PeerUp(str(PE1))) == set()
    assert known.hear(Monitoring(str(PE1))) == {PREFIX}  # End-of-RIB, and it was not among them
    known.hear(Monitoring(str(PE1), (PATH,)))
    known.hear(PeerUp(str(PE1)))
    assert known.hear(Monitoring(str(PE1), (PATH,))) == set()  # told again: no news
    assert known.hear(Monitoring(str(PE1))) == set()
    known.hear(Monitoring(str(PE1), (PATH,)))
    assert known.lost("lost: gone") == {PREFIX}
    assert (known.paths, known.standing) == ({}, "lost: gone")
    assert known.hear(Initiation("FRRouting 10.3")) == set()
    assert known.standing == "connected, FRRouting 10.3"


def test_what_is_not_told_again_has_gone() -> None:
    known = table(PATH)
    other = "10.255.0.9"  # a peer that is lost while bgpd is away
    known.hear(Monitoring(other, (PATH,)))
    known.renew()
    assert {each.peer for each in known.candidates(PREFIX, ME)} == {str(PE1), other}
    known.hear(Monitoring(str(PE1), (PATH,)))
    assert known.sweep() == {PREFIX}
    assert [each.peer for each in known.candidates(PREFIX, ME)] == [str(PE1)]
    assert known.sweep() == set()


def test_a_changed_route_replaces_the_one_before() -> None:
    known = table(PATH)
    known.hear(Monitoring(str(PE1), (replace(PATH, med=50000),)))
    (only,) = known.candidates(PREFIX, ME)
    assert composite(only.route.metric, KValues()) == 50000
