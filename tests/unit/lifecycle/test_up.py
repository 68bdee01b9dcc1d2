"""What is remembered of how a lab was brought up, and what comes of it for the next command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts import image, local
from orchestrator.hosts.base import Completed, NotRunning, PortUnreachable
from orchestrator.hosts.recipe import Recipe
from orchestrator.lifecycle import factory
from orchestrator.lifecycle import up as bringing
from orchestrator.lifecycle.store import Placement, Store
from orchestrator.lifecycle.up import Request, placed, up
from orchestrator.loading import load_lab
from orchestrator.runtimes.base import NameTaken
from orchestrator.settings import Places, Settings
from orchestrator.shipped import LABS
from orchestrator.terminal import PhaseLines, console

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.runtimes.base import RunningLab

LAB = load_lab(LABS / "two-vpns")
REQUEST = Request("local", "netns", bare=False, timeout=1)
OLD = Placement("two-vpns", str(LAB.folder), "local", "netns", suite="bookworm", image="mine")


@pytest.mark.parametrize(
    ("before", "suite", "image", "meant"),
    [
        (None, "", "", ("trixie", "")),
        (None, "bookworm", "mine", ("bookworm", "mine")),
        (OLD, "", "", ("bookworm", "mine")),
        (OLD, "forky", "other", ("forky", "other")),
        (replace(OLD, suite="", image=""), "", "", ("trixie", "")),
        (replace(OLD, folder="/other"), "", "", ("trixie", "")),
        (replace(OLD, host="guest"), "", "", ("trixie", "")),
    ],
)
def test_what_is_not_asked_for_is_as_it_was(
    before: Placement | None, suite: str, image: str, meant: tuple[str, str]
) -> None:
    there = placed(LAB, replace(REQUEST, suite=suite, image=image), before)
    assert (there.suite, there.image) == meant


@pytest.mark.parametrize(("before", "asked", "meant"), [(0, 0, 0), (0, 2, 2), (2, 0, 2), (2, 3, 3)])
def test_a_lab_is_spread_as_it_was(before: int, asked: int, meant: int) -> None:
    request = replace(REQUEST, guests=asked)
    assert placed(LAB, request, replace(OLD, guests=before) if before else None).guests == meant


def test_the_tree_that_a_lab_was_brought_up_with_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(Places(cache=tmp_path, state=tmp_path))
    monkeypatch.setattr(local, "is_root", lambda: True)
    there = image.where(Recipe.load(settings, suite="bookworm"), settings.places)
    there.mkdir(parents=True)
    host = factory.attach_host(OLD, settings)
    assert isinstance(host, local.LocalHost)
    assert str(host.node_root) == str(there)
    with pytest.raises(NotRunning):
        factory.attach_host(replace(OLD, suite=""), settings)


@pytest.mark.parametrize(
    ("before", "asked", "setting", "meant"),
    [
        ("ssh://a,ssh://b", "", "", "ssh://a,ssh://b"),
        ("ssh://a", "", "", "ssh://a"),
        ("ssh://a", "local", "", "local"),
        ("ssh://a", "", "guest", "guest"),
    ],
)
def test_a_lab_stays_on_the_machines_that_it_is_on(
    tmp_path: Path, before: str, asked: str, setting: str, meant: str
) -> None:
    settings = Settings(Places(cache=tmp_path, state=tmp_path), host=setting)
    Store.of(settings).put(replace(OLD, host=before))
    assert factory.pick_for(LAB, asked, "netns", settings) == (meant, "netns")


@pytest.mark.parametrize("elsewhere", [replace(OLD, folder="/other", host="ssh://a"), None])
def test_a_lab_that_is_nowhere_is_brought_up_where_it_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: Placement | None
) -> None:
    asked: list[tuple[str, str, Settings]] = []

    def picked(*what: str) -> tuple[str, str]:
        asked.append(what)  # type: ignore[arg-type]
        return "guest", "netns"

    monkeypatch.setattr(factory, "pick", picked)
    settings = Settings(Places(cache=tmp_path, state=tmp_path))
    if elsewhere is not None:
        Store.of(settings).put(elsewhere)
    assert factory.pick_for(LAB, "", "", settings) == ("guest", "netns")
    assert asked == [("", "", settings)]


def test_a_lab_of_containers_needs_no_recipe_of_nodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Recipe, "load", lambda *_, **__: pytest.fail("it was loaded"))
    monkeypatch.setattr(local.LocalHost, "attach", lambda tree, _: tree)
    settings = Settings(Places(cache=tmp_path, state=tmp_path))
    assert factory.attach_host(replace(OLD, runtime="containerlab"), settings) is None


def test_a_running_lab_keeps_its_frr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "_stands", lambda *_: True)
    settings = Settings(Places(cache=tmp_path, state=tmp_path))
    store = Store.of(settings)
    store.put(OLD)
    with pytest.raises(NameTaken, match="is up on nodes of Debian bookworm, not forky: take it down first"):
        up(LAB, replace(REQUEST, suite="forky"), settings, PhaseLines(console()))
    assert store.get("two-vpns") == OLD


class Elsewhere:
    """A host on which somebody else has a lab of that name, and its runtime."""

    name = "local"
    destroyed = False

    def run(self, _command: str, *, timeout: float) -> Completed:
        assert timeout
        return Completed(0, b"6.12.0\n", b"")

    def deploy(self, *_: object) -> RunningLab:
        raise NameTaken("lab 'two-vpns' is already up from /theirs")

    def destroy(self, _lab: str) -> bool:
        self.destroyed = True
        return True

    def labs(self) -> tuple[RunningLab, ...]:
        return ()

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("host", "asked_for", "parts"), [("local", 0, 1), ("ssh://a", 0, 1), ("ssh://a,ssh://b,ssh://c", 3, 3)]
)
def test_a_lab_of_somebody_else_that_has_the_name_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, asked_for: int, parts: int
) -> None:
    theirs, asked = Elsewhere(), []

    def start(placement: Placement, *_: object) -> Elsewhere:
        asked.append(placement.guests)
        return theirs

    for what in ("start_host", "attach_host"):
        monkeypatch.setattr(factory, what, start)
    monkeypatch.setattr(factory, "make_runtime", lambda *_: theirs)
    settings = Settings(Places(cache=tmp_path, state=tmp_path))
    with pytest.raises(NameTaken, match="is already up from /theirs"):
        up(LAB, replace(REQUEST, host=host, guests=asked_for), settings, PhaseLines(console()))
    assert not theirs.destroyed
    assert Store.of(settings).all() == ()
    assert asked == [parts]


@pytest.mark.parametrize("host", ["ssh://a", "ssh://a,ssh://b", "local"])
def test_a_lab_on_a_machine_that_does_not_let_us_in_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    def closed(*_: object) -> None:
        raise PortUnreachable("ssh://a: no route")

    for what in ("start_host", "attach_host"):
        monkeypatch.setattr(factory, what, closed)
    settings = Settings(Places(cache=tmp_path, state=tmp_path))
    there = replace(OLD, host=host, guests=host.count("ssh:") or 1)
    Store.of(settings).put(there)
    with pytest.raises(PortUnreachable, match=r"^ssh://a: no route$"):
        up(LAB, replace(REQUEST, host=host), settings, PhaseLines(console()))
    assert Store.of(settings).all() == (there,)
