"""A lab that `l3vpn new` has written comes up and verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.live.terminal import Terminal

pytestmark = pytest.mark.live


def test_it_comes_up_and_verifies(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    sizes = ("--pes", "3", "--ps", "2", "--vpns", "2", "--sites", "2", "--protocol", "ospf", "--asn", "65010")
    assert terminal.l3vpn("new", folder, *sizes).returncode == 0
    up = terminal.l3vpn("up", folder, patience=300)
    assert up.returncode == 0, up.stdout + up.stderr
    down = terminal.l3vpn("down", folder)
    assert (down.returncode, terminal.left_over()) == (0, []), down.stdout + down.stderr
