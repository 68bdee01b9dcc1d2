"""The same lab, the same proof, on the other FRR generations that Debian has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["bookworm-8.4.4", "forky-10.7"])
def release(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A Debian suite, and the FRR version that it has."""
    suite, _, version = str(request.param).partition("-")
    return suite, version


@pytest.fixture
def l3vpn(
    release: tuple[str, str], tmp_path: Path
) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """The command line on a guest of that suite; the lab is down and the guest off afterwards."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "orchestrator.cli", *arguments],
            env=os.environ | {"L3VPN_SUITE": release[0], "XDG_STATE_HOME": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )

    yield run
    run("down", "two-vpns")


def test_two_vpns_is_proven(
    release: tuple[str, str], l3vpn: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    up = l3vpn("up", "two-vpns", "--host", "guest", "--runtime", "netns")
    assert up.returncode == 0, up.stdout + up.stderr
    assert "all 355 checks hold" in up.stdout

    version = l3vpn("exec", "two-vpns", "pe1", "--", "vtysh", "-c", "show version")
    assert f"FRRouting {release[1]}" in version.stdout

    again = l3vpn("push", "two-vpns")
    assert again.returncode == 0, again.stderr
    assert again.stdout == "no difference\n"
