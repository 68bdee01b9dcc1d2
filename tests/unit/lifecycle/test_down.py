"""What `down` does about machines that do not answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.base import CommandFailed, HostError, PortUnreachable
from orchestrator.lifecycle import factory
from orchestrator.lifecycle.down import Forgotten, take_down
from orchestrator.lifecycle.store import Placement, Store
from orchestrator.settings import Places, Settings

if TYPE_CHECKING:
    from pathlib import Path

LAB = Placement("x", "/x", "ssh://a,ssh://b", "netns", guests=2)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    mine = Settings(Places(cache=tmp_path, state=tmp_path))
    Store.of(mine).put(LAB)
    return mine


def failing(error: HostError) -> object:
    """A function that cannot do it."""

    def fails(*_: object) -> None:
        raise error

    return fails


@pytest.mark.parametrize(
    "error", [PortUnreachable("ssh://b: no route"), CommandFailed("could not remove all of lab 'x'")]
)
def test_a_lab_that_could_not_be_removed_is_remembered_unless_it_is_to_be_forgotten(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: HostError
) -> None:
    monkeypatch.setattr(factory, "attach_host", failing(error))
    line = f"{error}: `l3vpn down x` removes what is there once it answers, --force forgets it"
    with pytest.raises(type(error), match=f"^{re.escape(line)}$"):
        take_down(LAB, settings, print)
    assert Store.of(settings).all() == (LAB,)
    line = f"x is forgotten, and may still be there: {error}"
    with pytest.raises(Forgotten, match=f"^{re.escape(line)}$"):
        take_down(LAB, settings, print, force=True)
    assert Store.of(settings).all() == ()


def test_what_is_on_this_machine_is_not_forgotten(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Placement("x", "/x", "local", "netns")
    Store.of(settings).put(here)
    monkeypatch.setattr(factory, "attach_host", failing(CommandFailed("could not remove all of lab 'x'")))
    with pytest.raises(CommandFailed, match="could not remove all of lab"):
        take_down(here, settings, print, force=True)
    assert Store.of(settings).all() == (here,)
