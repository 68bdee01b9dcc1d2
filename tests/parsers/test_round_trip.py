"""Whatever the layout can hold is read back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from parsers.bgp import BGP_PEERS
from parsers.zebra import LFIB, ROUTES
from tests.parsers import rendering

if TYPE_CHECKING:
    from parsers.bgp import BgpPeer
    from parsers.zebra import LfibEntry, Route


@given(st.lists(rendering.lfib_entries(), max_size=5))
def test_the_label_table_is_read_back(entries: list[LfibEntry]) -> None:
    assert LFIB.parse(rendering.mpls_table(entries)) == tuple(entries)


@given(st.lists(rendering.routes("default"), max_size=3), st.lists(rendering.routes("red"), max_size=3))
def test_routes_of_several_vrfs_are_read_back(default: list[Route], red: list[Route]) -> None:
    assert ROUTES.parse(rendering.ip_route([red, default])) == (*red, *default)


@given(st.lists(rendering.peers("red"), max_size=4))
def test_bgp_peers_are_read_back(peers: list[BgpPeer]) -> None:
    assert BGP_PEERS.parse(rendering.bgp_summary(peers)) == tuple(peers)
