"""Host `local`, on a kernel that has MPLS and VRFs: the project itself runs inside a guest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.hosts.guest import Guest
from orchestrator.settings import Places
from tests.live.here import RECIPE, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.hosts.base import Completed

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
PARTS = ("orchestrator", "parsers", "image", "labs", "pyproject.toml")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A machine with MPLS, VRFs, root and the project, without Docker or what a guest needs."""
    folder = tmp_path_factory.mktemp("machine")
    places = Places(cache=SETTINGS.places.cache, state=folder / "state")
    guest = Guest.start(lambda _: None, places, RECIPE)
    try:
        install(guest, folder / "packages")
        yield guest
    finally:
        guest.close()
        Guest.stop(lambda _: None, places)


def install(guest: Guest, packages: Path) -> None:
    """Put the project and the locked versions of what it needs under /opt."""
    ask = "python3 -c 'import sys; print(\"%d.%d\" % sys.version_info[:2])'"
    python = guest.run(ask, timeout=20).expect_ok("ask for Python's version").text.strip()
    uv = Path(sys.executable).with_name("uv")
    wanted = [f"--target={packages}", f"--python-version={python}", "-r", str(ROOT / "requirements.lock")]
    subprocess.run([uv, "pip", "install", "--quiet", "--no-compile-bytecode", *wanted], check=True)
    archive = ["tar", "-c", "--exclude=__pycache__", "-C", str(packages), ".", "-C", str(ROOT), *PARTS]
    tar = subprocess.run(archive, check=True, capture_output=True).stdout
    guest.run("mkdir -p /opt && tar -x -C /opt", stdin=tar, timeout=120).expect_ok("copy the project")
    # This machine is made of the node tree: that need not be built once more.
    guest.run(
        f"mkdir -p /root/.cache/l3vpn/trees && ln -s / /root/.cache/l3vpn/trees/{RECIPE.key}",
        timeout=10,
    )


def l3vpn(machine: Guest, *arguments: str) -> Completed:
    command = ["python3", "-m", "orchestrator", *arguments]
    return machine.run(f"cd /opt && HOME=/root {' '.join(command)}", timeout=180)


def test_doctor_picks_this_kernel(machine: Guest) -> None:
    shown = json.loads(l3vpn(machine, "doctor", "--format", "json").text)
    assert (shown["host"], shown["runtime"]) == ("local", "netns"), shown


def test_a_lab_comes_up_and_goes_without_a_trace(machine: Guest) -> None:
    look = "ip -br link; ip netns; ip rule; ls -d /run/l3vpn"
    before = machine.run(look, timeout=10).text
    up = l3vpn(machine, "up", "two-vpns")
    assert up.status == 0, up.text + up.stderr.decode()
    assert "host local" in up.text
    assert "all 405 checks hold" in up.text

    assert l3vpn(machine, "push", "two-vpns").text.strip() == "no difference"
    kernel = l3vpn(machine, "exec", "two-vpns", "pe1", "--", "ip", "-M", "route")
    assert "dev red proto bgp" in kernel.text

    down = l3vpn(machine, "down", "two-vpns")
    assert down.status == 0, down.stderr
    assert machine.run(look, timeout=10).text == before
