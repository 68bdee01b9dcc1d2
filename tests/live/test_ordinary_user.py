"""What the README promises: a fresh clone, an empty cache, no privilege at all, and one command.

Makes a user for the test and opens /dev/net/tun to it (as most machines have it), so it runs in CI only.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not os.environ.get("CI"), reason="makes a user on this machine: in CI only"),
]

ROOT = Path(__file__).parents[2]
USER = "l3vpn-somebody"
TUN = Path("/dev/net/tun")


@pytest.fixture
def home() -> Iterator[Path]:
    """A new user's home folder; the user is gone afterwards."""
    subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", USER], check=True)
    mode = TUN.stat().st_mode
    TUN.chmod(0o666)
    try:
        yield Path("~" + USER).expanduser()
    finally:
        TUN.chmod(mode)
        subprocess.run(["pkill", "--signal", "KILL", "--uid", USER], check=False)
        subprocess.run(["userdel", "--remove", "--force", USER], check=True, capture_output=True)


def as_user(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run shell text as that user in the clone, with the machine's package settings, not root's."""
    keep = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "UV_", "SSL_", "REQUESTS_")) or name.lower().endswith("_proxy")
    }
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return subprocess.run(
        ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "sh", "-c", command],
        env=keep | {"HOME": str(home), "USER": USER, "PATH": path},
        cwd=home / "clone",
        text=True,
        capture_output=True,
        check=False,
        timeout=400,
    )


def test_lab_up_in_a_fresh_clone_without_any_privilege(home: Path) -> None:
    clone = home / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    subprocess.run(["chown", "--recursive", f"{USER}:", str(clone)], check=True)
    before = subprocess.run(["ip", "-brief", "addr"], capture_output=True, check=True).stdout

    done = as_user(home, "make lab-up")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "building the node tree" in done.stdout
    assert "all 381 checks hold" in done.stdout
    assert subprocess.run(["ip", "-brief", "addr"], capture_output=True, check=True).stdout == before

    done = as_user(home, ".venv/bin/l3vpn exec two-vpns pe1 -- ip -M route")
    assert "dev red proto bgp" in done.stdout, done.stderr

    done = as_user(home, "make lab-down")
    assert done.returncode == 0, done.stdout + done.stderr
    left = subprocess.run(
        ["pgrep", "--uid", USER, "--runstates", "RSDT"], capture_output=True, text=True, check=False
    )
    assert left.stdout == ""
