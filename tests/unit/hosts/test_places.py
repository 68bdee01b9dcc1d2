from __future__ import annotations

from pathlib import Path

from orchestrator.hosts.places import Places


def test_the_xdg_folders_are_used() -> None:
    places = Places.of({"HOME": "/home/ann", "XDG_CACHE_HOME": "/fast", "XDG_STATE_HOME": "/kept"})
    assert places == Places(cache=Path("/fast/l3vpn"), state=Path("/kept/l3vpn"))


def test_without_them_the_defaults_in_the_home_folder() -> None:
    places = Places.of({"HOME": "/home/ann", "XDG_CACHE_HOME": "", "XDG_STATE_HOME": "relative"})
    assert places == Places(cache=Path("/home/ann/.cache/l3vpn"), state=Path("/home/ann/.local/state/l3vpn"))
