"""The same lab, the same proof, on the other FRR generations that Debian has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.live.proving import proven
from tests.live.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["8.4", "10.7"])
def version(request: pytest.FixtureRequest, tree_with: Callable[[str], Path]) -> str:
    """An FRR version that is not the default; its node tree is there."""
    tree_with(request.param)
    return str(request.param)


@pytest.fixture
def l3vpn(tmp_path: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """The command line on a guest of that suite; the lab is down and the guest off afterwards."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "orchestrator", *arguments],
            env=os.environ | {"XDG_STATE_HOME": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )

    yield run
    run("down", "two-vpns")


def test_two_vpns_is_proven(version: str, l3vpn: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    up = l3vpn("up", "two-vpns", "--host", "guest", "--runtime", "netns", "--frr", version)
    assert up.returncode == 0, up.stdout + up.stderr
    assert "all 405 checks hold" in up.stdout

    shown = l3vpn("exec", "two-vpns", "pe1", "--", "vtysh", "-c", "show version")
    assert f"FRRouting {version}" in shown.stdout

    again = l3vpn("push", "two-vpns")
    assert again.returncode == 0, again.stderr
    assert again.stdout == "no difference\n"


STAGES = {
    "parameter-mismatch": (),
    "provider-migration": ("transit", "branch1-both", "branch1", "branch2", "after", "before"),
}


@pytest.mark.slow
@pytest.mark.parametrize("lab", STAGES)
def test_every_stage_is_proven_and_no_difference_is_left(version: str, lab: str, tmp_path: Path) -> None:
    with proven(lab, Terminal(tmp_path), "--frr", version) as there:
        assert there.terminal.l3vpn("push", lab).stdout == "no difference\n"
        for stage in STAGES[lab]:
            pushed = there.terminal.l3vpn("push", lab, "--stage", stage)
            assert pushed.returncode == 0, pushed.stderr
            shown = there.terminal.l3vpn("verify", lab)
            assert shown.returncode == 0, shown.stdout
            assert there.terminal.l3vpn("push", lab).stdout == "no difference\n"


CUTS = {"ospf-sham": "p1-pe2", "bgp-backdoor": "pe1-ce1", "eigrp-backdoor": "p1-pe2"}


@pytest.mark.slow
@pytest.mark.parametrize("lab", CUTS)
def test_a_backdoor_takes_over_and_gives_back(version: str, lab: str, tmp_path: Path) -> None:
    """Where versions differ most: BGP's distance, OSPF's redistribution, filters of zebra."""
    with proven(lab, Terminal(tmp_path), "--frr", version) as there:
        assert f"FRRouting {version}" in there.ask("pe1", "vtysh -c 'show version'")
        with there.failed(CUTS[lab]) as state:
            assert there.wrong(state) == []
        assert there.wrong() == []
