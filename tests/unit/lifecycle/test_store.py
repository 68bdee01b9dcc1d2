from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.lifecycle.store import Busy, Placement, Store

if TYPE_CHECKING:
    from pathlib import Path

HERE = Placement("x", "/labs/x", "guest", "netns")


def test_what_was_put_is_found_until_it_is_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(HERE)
    assert Store(tmp_path).get("x") == HERE
    assert store.all() == (HERE,)
    store.forget("x")
    store.forget("x")
    assert store.all() == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lab": "x"}'])
def test_an_unreadable_placement_counts_for_nothing(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path)
    store.put(HERE)
    (tmp_path / "labs" / "x.json").write_text(text)
    assert store.get("x") is None
    assert store.all() == ()


def test_one_command_at_a_time_changes_a_lab(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.lock("x"):
        with pytest.raises(Busy, match="another command is at work on lab 'x'"), Store(tmp_path).lock("x"):
            pass
        with store.lock("y"):
            pass
    with store.lock("x"):
        pass
