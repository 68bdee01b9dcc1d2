"""The program as a process: struck while it loads, with nobody reading, with streams closed, disks full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.thorough  # the program is started some 30 times

ROOT: Final = Path(__file__).parents[2]
INTERRUPTED: Final = 130
MACHINE: Final = 3
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

STRUCK: Final = """
import os, runpy, sys
class Strike:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Strike())
sys.argv = ["l3vpn", *{words!r}]
runpy.run_module("orchestrator", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    mine = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return {name: value for name, value in os.environ.items() if not name.startswith("L3VPN_")} | mine


def shell(script: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script of the shell, with `l3vpn` in it."""
    program = f'l3vpn() {{ "{sys.executable}" -m orchestrator "$@"; }}\n'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", program + script],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("module", ["orchestrator.cli", "orchestrator.commands", "pydantic"])
def test_a_signal_while_modules_load_is_one_line(
    module: str, number: signal.Signals, environ: dict[str, str]
) -> None:
    script = STRUCK.format(module=module, number=int(number), words=["render", "two-vpns"])
    struck = subprocess.Popen(
        [sys.executable, "-c", script],
        env=environ,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = struck.communicate(timeout=60)
    assert (struck.returncode, out, err) == (INTERRUPTED, "", "l3vpn: interrupted\n")


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_that_our_caller_ignores_is_ignored(number: signal.Signals, environ: dict[str, str]) -> None:
    """`nohup l3vpn up LAB &` outlives its terminal."""
    script = STRUCK.format(module="orchestrator.commands", number=int(number), words=["render", "two-vpns"])
    done = shell(
        f"trap '' {int(number)}; exec '{sys.executable}' -c \"$SCRIPT\"", environ | {"SCRIPT": script}
    )
    assert (done.returncode, "router bgp" in done.stdout, done.stderr) == (0, True, "")


@pytest.mark.parametrize("words", ["render two-vpns", "list"])
def test_nobody_reads_the_output(words: str, environ: dict[str, str]) -> None:
    done = shell(f"l3vpn {words} | true", environ)
    assert done.stderr == ""
    assert done.returncode in {0, INTERRUPTED}  # 0 where all of it was written before the reader had gone


def test_more_than_the_pipe_holds_and_nobody_reads_it(environ: dict[str, str]) -> None:
    done = shell("for i in 1 2 3; do l3vpn render two-vpns || exit; done | head -1", environ)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (INTERRUPTED, "", 1)


def test_help_may_be_read_in_part(environ: dict[str, str]) -> None:
    assert shell("l3vpn up --help | true", environ).stderr == ""


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ["list", "status nowhere"])
def test_closed_streams(words: str, closed: str, environ: dict[str, str]) -> None:
    open_, done = shell(f"l3vpn {words}", environ), shell(f"l3vpn {words} {closed}", environ)
    assert done.returncode == open_.returncode
    assert "Traceback" not in done.stderr


def test_no_place_for_the_output(environ: dict[str, str]) -> None:
    done = shell("l3vpn render two-vpns pe1 >/dev/full", environ)
    assert (done.returncode, done.stderr) == (MACHINE, "l3vpn: No space left on device\n")


# ---- Places ------------------------------------------------------------------------------------


def test_no_home(environ: dict[str, str]) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        environ.pop(name, None)
    assert shell("l3vpn list", environ).returncode == 0


@pytest.mark.parametrize("words", ["list", "up two-vpns"])
def test_a_state_folder_that_cannot_be(words: str, environ: dict[str, str]) -> None:
    done = shell(f"l3vpn {words}", environ | {"XDG_STATE_HOME": "/dev/null/state"})
    if words == "list":
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode == MACHINE
        assert done.stderr == "l3vpn: /dev/null/state/l3vpn/labs: Not a directory\n"


@pytest.mark.parametrize("name", ["with space", "größe-λ"])
def test_lab_folders_of_any_name(name: str, tmp_path: Path, environ: dict[str, str]) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for file in ("two-vpns.clab.yml", "vpn.yml"):
        (folder / file).write_bytes((ROOT / "labs/two-vpns" / file).read_bytes())
    done = shell(f"l3vpn render '{folder}' pe1", environ)
    assert (done.returncode, done.stderr) == (0, "")
