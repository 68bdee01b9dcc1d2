"""How fast a lab notices what is gone: timers by value, BFD, and OSPF that waits for LDP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.core.bfd import bfd_sessions
from orchestrator.model.bfd import Bfd
from orchestrator.model.intent import ProviderIntent
from orchestrator.model.timer_values import QUICK, STANDARD
from orchestrator.model.timers import too_short, usual_timers
from orchestrator.protocols.bgp.values import Bgp
from orchestrator.render.daemons import daemons
from tests.unit.model.labs import provider_with, small

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.model.lab import Lab


def lab(tmp_path: Path, provider: str, site: str = "") -> Lab:
    text = provider_with(provider)
    return small(text.replace("asn: 65101,", f"asn: 65101, {site}")).load(tmp_path)


def bfd_of(lab: Lab, site: str) -> Bfd | None:
    (attachment,) = next(one for one in lab.sites if one.name == site).attachments
    assert isinstance(attachment.protocol, Bgp)
    return attachment.protocol.bfd


def test_timers_by_value_are_the_standard_ones_but_for_these(tmp_path: Path) -> None:
    (provider,) = lab(tmp_path, "timers: {ospf-hello: 2, ospf-dead: 8}").providers
    assert provider.timers == replace(STANDARD, ospf_hello=2, ospf_dead=8)


def test_timers_by_value_may_begin_with_the_quick_ones(tmp_path: Path) -> None:
    (provider,) = lab(tmp_path, "timers: {base: quick, bgp-hold: 30}").providers
    assert provider.timers == replace(QUICK, bgp_hold=30)


def test_a_provider_has_bfd_in_its_core_and_with_its_customers(tmp_path: Path) -> None:
    made = lab(tmp_path, "bfd: true")
    assert made.providers[0].bfd == Bfd(300, 3)
    assert bfd_of(made, "red1") == bfd_of(made, "red2") == Bfd(300, 3)
    watched = {node.name: [str(one.peer) for one in bfd_sessions(made, node.name)] for node in made.nodes}
    assert watched == {
        "pe1": ["10.0.0.1", "10.1.0.2"],
        "p1": ["10.0.0.0", "10.0.0.3"],
        "pe2": ["10.0.0.2", "10.1.0.6"],
        "red1": ["10.1.0.1"],
        "red2": ["10.1.0.5"],
    }


def test_a_site_may_have_other_intervals_or_none(tmp_path: Path) -> None:
    assert bfd_of(lab(tmp_path / "a", "bfd: true", "bfd: false,"), "red1") is None
    slow = lab(tmp_path / "b", "bfd: true", "bfd: {interval: 1000},")
    assert bfd_of(slow, "red1") == Bfd(1000, 3)
    assert Bfd(1000, 3).detection == 3000


def test_a_site_may_have_it_alone_and_bfdd_runs_only_there(tmp_path: Path) -> None:
    made = lab(tmp_path, "core: {igp: ospf}", "bfd: true,")
    assert made.providers[0].bfd is None
    assert [node for node, running in daemons(made).items() if "bfdd" in running] == ["pe1", "red1"]


def test_ldp_sync_is_off_unless_asked_for(tmp_path: Path) -> None:
    assert not lab(tmp_path / "a", "core: {igp: ospf}").providers[0].ldp_sync
    assert lab(tmp_path / "b", "core: {ldp-sync: true}").providers[0].ldp_sync


def test_timers_that_nobody_names_leave_many_nodes_more_time(tmp_path: Path) -> None:
    (provider,) = lab(tmp_path, "bfd: false").providers
    assert provider.timers == usual_timers(5) == usual_timers(24) == QUICK
    many = usual_timers(64)
    assert (many.ospf_hello, many.ospf_dead, many.ldp_hold, many.bgp_hold) == (4, 16, 16, 48)


def test_timers_that_are_named_are_these_however_many_nodes_there_are() -> None:
    assert ProviderIntent.model_validate({"asn": 65000}).timers_among(64) == usual_timers(64)
    assert ProviderIntent.model_validate({"asn": 65000, "timers": "quick"}).timers_among(64) == QUICK


@pytest.mark.parametrize("nodes", range(25, 246, 5))
def test_timers_of_many_nodes_lie_between_quick_and_standard(nodes: int) -> None:
    slower = usual_timers(nodes)
    hellos = ("ospf_hello", "ospf_retransmit", "isis_hello", "ldp_hello", "eigrp_hello", "bgp_keepalive")
    for name in (*hellos, "ospf_dead", "bgp_hold", "bgp_connect"):
        assert getattr(QUICK, name) <= getattr(slower, name) <= getattr(STANDARD, name)
    for hello, hold in (
        ("ospf_hello", "ospf_dead"),
        ("ldp_hello", "ldp_hold"),
        ("bgp_keepalive", "bgp_hold"),
    ):
        assert too_short("", getattr(slower, hello), getattr(slower, hold), 3) is None
    assert slower.isis_hello * slower.isis_multiplier >= QUICK.isis_hello * QUICK.isis_multiplier
    assert usual_timers(nodes + 1).ldp_hold >= slower.ldp_hold
