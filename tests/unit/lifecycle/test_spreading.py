"""Over how many kernels of the guest a lab is spread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import limits
from orchestrator.hosts.guest import Condition, Guest, GuestStatus
from orchestrator.lifecycle import spreading
from orchestrator.lifecycle.factory import UnknownChoice
from orchestrator.lifecycle.spreading import spread_over, suitable, suits
from orchestrator.settings import Places, Settings

if TYPE_CHECKING:
    from pathlib import Path

GIGA = 1 << 30


@pytest.mark.parametrize(
    ("asked", "place", "set_to", "meant"),
    [
        (None, ("guest", "netns"), 0, 0),
        (None, ("guest", "netns"), 3, 3),
        (2, ("guest", "netns"), 3, 2),
        (None, ("local", "netns"), 3, 0),
        (None, ("guest", "containerlab"), 3, 0),
        (1, ("local", "netns"), 0, 1),
    ],
)
def test_over_how_many_guests_a_lab_is_to_be(
    tmp_path: Path, asked: int | None, place: tuple[str, str], set_to: int, meant: int
) -> None:
    settings = Settings(Places(cache=tmp_path, state=tmp_path), guests=set_to)
    assert spread_over(asked, *place, settings) == meant


@pytest.mark.parametrize(
    ("asked", "host", "said"),
    [
        (0, "guest", "a lab cannot be spread over 0 guests: from 1 to 4 can be"),
        (5, "guest", "a lab cannot be spread over 5 guests: from 1 to 4 can be"),
        (2, "local", "--guests is for host guest and runtime netns, not local and netns"),
    ],
)
def test_what_cannot_be_spread_is_refused(tmp_path: Path, asked: int, host: str, said: str) -> None:
    settings = Settings(Places(cache=tmp_path, state=tmp_path))
    with pytest.raises(UnknownChoice, match=f"^{re.escape(said)}$"):
        spread_over(asked, host, "netns", settings)


@pytest.mark.parametrize(
    ("nodes", "processors", "most", "meant"),
    [(5, 8, 4, 1), (6, 8, 4, 2), (8, 2, 4, 2), (8, 1, 4, 1), (64, 8, 4, 4), (64, 8, 1, 1), (0, 0, 1, 1)],
)
def test_kernels_follow_nodes_processors_and_what_there_can_be(
    nodes: int, processors: int, most: int, meant: int
) -> None:
    assert suits(nodes, processors, most) == meant


@pytest.mark.parametrize(
    ("status", "free", "meant"),
    [
        (GuestStatus(Condition.STOPPED), 16, 3),
        (GuestStatus(Condition.STOPPED), 4, 2),
        (GuestStatus(Condition.STOPPED), 2, 1),
        (GuestStatus(Condition.STOPPED), 0, 1),
        (GuestStatus(Condition.DIED, kernels=1), 16, 3),
        (GuestStatus(Condition.BOOTING, kernels=1), 16, 3),
        (GuestStatus(Condition.RUNNING, kernels=1), 16, 1),
        (GuestStatus(Condition.RUNNING, kernels=4), 0, 3),
    ],
)
def test_a_lab_joins_the_guest_that_runs_and_a_new_one_has_to_fit_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: GuestStatus, free: int, meant: int
) -> None:
    monkeypatch.setattr(Guest, "status", lambda _: status)
    monkeypatch.setattr(spreading, "available_memory", lambda: free * GIGA)
    monkeypatch.setattr(limits, "processors", lambda: 3)
    assert suitable(16, Settings(Places(cache=tmp_path, state=tmp_path))) == meant
