from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigrp.bmp import Initiation, Message, Monitoring, Nlri, PeerDown, PeerUp, VpnPath
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
        made.on_message(Monitoring(str(path.next_hop), (path,)))
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
    known.on_message(Monitoring("10.255.0.9", (PATH,)))  # a second route reflector
    assert known.on_message(Monitoring(str(PE1), (), (PATH.nlri,))) == {PREFIX}
    assert [each.peer for each in known.candidates(PREFIX, ME)] == ["10.255.0.9"]
    assert known.on_message(PeerDown(str(PE1))) == set()
    assert known.on_message(PeerDown("10.255.0.9")) == {PREFIX}
    assert known.paths == {}
    assert known.on_message(PeerUp(str(PE1))) == set()
    assert known.on_message(TOLD) == {PREFIX}
    assert known.on_message(TOLD) == set()  # sent again: no news


TOLD, WITHDRAWN, END_OF_RIB = (
    Monitoring(str(PE1), (PATH,)),
    Monitoring(str(PE1), (), (PATH.nlri,)),
    Monitoring(str(PE1)),
)


def two_sessions(*told: Monitoring) -> VpnTable:
    """Both past their dump; then the older one is renewed."""
    known = table()
    for number in (1, 2):
        known.on_message(Initiation("FRRouting 10.3"), number)
        for message in (*told, END_OF_RIB):
            known.on_message(message, number)
    assert known.standing == "connected, FRRouting 10.3"
    assert known.renewable == 1
    assert known.ended(1, "renewed") == set()
    assert known.renewable is None
    return known


def test_what_is_not_in_a_dump_was_withdrawn_unheard() -> None:
    known = two_sessions(TOLD)
    assert known.on_message(Initiation("FRRouting 10.3"), 3) == set()
    assert known.renewable == 3  # until its dump has an end
    assert known.on_message(END_OF_RIB, 3) == {PREFIX}
    assert known.renewable == 2
    assert known.on_message(END_OF_RIB, 3) == set()  # of the next neighbour


def test_what_is_in_a_dump_alone_is_news() -> None:
    known = two_sessions()
    known.on_message(Initiation("FRRouting 10.3"), 3)
    assert known.on_message(TOLD, 3) == {PREFIX}
    assert known.on_message(END_OF_RIB, 3) == set()
    assert known.on_message(WITHDRAWN, 3) == {PREFIX}


@pytest.mark.parametrize("begun", [True, False])
def test_the_session_past_its_dump_knows_better_than_the_one_in_its(*, begun: bool) -> None:
    """Whether what it tells comes before or after the other one's first message."""
    known = two_sessions(TOLD)
    messages: list[tuple[Message, int]] = [(Initiation("FRRouting 10.3"), 3), (WITHDRAWN, 2)]
    for message, number in messages if begun else reversed(messages):
        known.on_message(message, number)
    assert known.paths == {}
    assert known.on_message(TOLD, 3) == set()  # as it was when bgpd wrote it
    assert known.on_message(END_OF_RIB, 3) == set()
    assert known.paths == {}
    assert known.on_message(TOLD, 3) == {PREFIX}  # back


def test_what_is_told_during_a_dump_that_misses_it_stays() -> None:
    known = two_sessions()
    known.on_message(Initiation("FRRouting 10.3"), 3)
    assert known.on_message(TOLD, 2) == {PREFIX}
    assert known.on_message(END_OF_RIB, 3) == set()
    assert known.candidates(PREFIX, ME)


def test_without_a_session_nothing_is_known() -> None:
    known = two_sessions(TOLD)
    assert known.ended(2, "lost: gone") == {PREFIX}
    assert (known.paths, known.standing, known.connected) == ({}, "lost: gone", False)


class Bgpd:
    """Its routes change while session 3 takes the place of session 1, and may miss that; 2 never does.

    What a session has sent is read later, in turns of any length.
    """

    def __init__(self, data: st.DataObject) -> None:
        self.draw = data.draw
        self.keys = [replace(PATH, nlri=Nlri(f"65000:{number}", PREFIX)) for number in range(3)]
        self.routes = set(self.draw(st.sets(st.sampled_from(self.keys))))
        self.known = two_sessions(*(Monitoring(str(PE1), (one,)) for one in self.routes))
        self.sent: dict[int, list[Message]] = {2: [], 3: [Initiation("FRRouting 10.3")]}

    def change(self, *, heard: bool) -> None:
        """One route comes or goes; session 3 may miss it, unless it is certain to be heard."""
        one = self.draw(st.sampled_from(self.keys))
        self.routes ^= {one}
        announced, withdrawn = ((one,), ()) if one in self.routes else ((), (one.nlri,))
        for number in (2, 3) if heard or self.draw(st.booleans()) else (2,):
            self.sent[number].append(Monitoring(str(PE1), announced, withdrawn))
        self.read(self.draw(st.sampled_from((2, 3))), self.draw(st.integers(0, 3)))

    def read(self, number: int, most: int) -> None:
        for message in self.sent[number][:most]:
            self.known.on_message(message, number)
        del self.sent[number][:most]

    def dump(self) -> None:
        for one in self.keys:
            for _ in range(self.draw(st.integers(0, 2))):
                self.change(heard=False)
            if one in self.routes:
                self.sent[3].append(Monitoring(str(PE1), (one,)))
        self.sent[3].append(END_OF_RIB)


@given(st.data())
def test_no_change_is_lost_to_a_dump(data: st.DataObject) -> None:
    bgpd = Bgpd(data)
    bgpd.dump()
    for _ in range(data.draw(st.integers(0, 3))):
        bgpd.change(heard=True)
    for number in data.draw(st.permutations((2, 3))):
        bgpd.read(number, len(bgpd.sent[number]))
    assert {path for paths in bgpd.known.paths.values() for path in paths.values()} == bgpd.routes


def test_a_changed_route_replaces_the_one_before() -> None:
    known = table(PATH)
    known.on_message(Monitoring(str(PE1), (replace(PATH, med=50000),)))
    (only,) = known.candidates(PREFIX, ME)
    assert composite(only.route.metric, KValues()) == 50000
