"""The wheel, in an environment of its own far from any checkout: labs, node tree and proof travel with it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api_example import example

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", ".*cache*", ".hypothesis", "__pycache__", "*.egg-info", "build"
)


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that has the wheel, and the folder where its user is."""

    programs: Path
    folder: Path

    def says(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """What a program of the environment comes to."""
        return subprocess.run(
            [self.programs / program, *words],
            env=os.environ | {"XDG_STATE_HOME": str(self.folder / "state")},
            cwd=self.folder,
            text=True,
            capture_output=True,
            check=False,
            timeout=400,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel with its extra `pytest`, and the tested versions of what it needs."""
    folder = tmp_path_factory.mktemp("wheel")
    source = shutil.copytree(ROOT, folder / "source", symlinks=True, ignore=NOT_SOURCE)
    pip = (sys.executable, "-m", "pip")
    wheel = ("wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source))
    subprocess.run([*pip, *wheel], check=True)
    shutil.rmtree(source)
    (wheel_file,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
    python = ("--python", str(folder / "env" / "bin" / "python"))
    wanted = (f"{wheel_file}[pytest]", "--constraint", str(ROOT / "requirements.lock"))
    subprocess.run([*pip, *python, "install", "--quiet", *wanted], check=True)
    away = folder / "elsewhere"
    away.mkdir()
    return Installed(folder / "env" / "bin", away)


def test_doctor_and_list_know_all(installed: Installed) -> None:
    assert installed.says("l3vpn", "doctor").returncode == 0
    listed = json.loads(installed.says("l3vpn", "list", "--format", "json").stdout)
    assert {one["lab"] for one in listed} == {
        path.name for path in (ROOT / "labs").iterdir() if path.is_dir()
    }
    assert not any(Path(one["folder"]).is_relative_to(ROOT) for one in listed)


def test_a_lab_comes_up_is_proven_and_goes(installed: Installed) -> None:
    try:
        up = installed.says("l3vpn", "up", "two-vpns")
        assert up.returncode == 0, up.stdout + up.stderr
        checks = re.search(r"all (\d+) checks hold", up.stdout)
        assert checks, up.stdout
        listed = json.loads(installed.says("l3vpn", "list", "--format", "json").stdout)
        (folder,) = (one["folder"] for one in listed if one["lab"] == "two-vpns")
        proof = installed.says("pytest", "--l3vpn", folder)
        assert f"{checks[1]} passed" in proof.stdout, proof.stdout + proof.stderr
    finally:
        down = installed.says("l3vpn", "down", "two-vpns")
    assert down.returncode == 0, down.stderr


def test_every_shell_program_is_there(installed: Installed) -> None:
    ask = (
        "from importlib.resources import files; root = files('orchestrator');"
        "print(sorted(str(one.relative_to(root)) for one in root.glob('*/*.sh')))"
    )
    here = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert installed.says("python", "-c", ask).stdout == here.stdout


def test_the_manual_page_is_where_man_looks(installed: Installed) -> None:
    there = installed.programs.parent / "share" / "man" / "man1" / "l3vpn.1"
    assert there.read_text("utf-8") == (ROOT / "docs" / "l3vpn.1").read_text("utf-8")


def test_the_library_is_typed(installed: Installed) -> None:
    ask = "from importlib.resources import files; print((files('orchestrator') / 'py.typed').is_file())"
    assert installed.says("python", "-c", ask).stdout == "True\n"


@pytest.mark.slow
def test_the_example_of_the_documentation_runs(installed: Installed) -> None:
    done = installed.says("python", "-c", example())
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def test_every_file_of_the_eigrp_speaker_is_there(installed: Installed) -> None:
    ask = "from orchestrator.fleet.eigrp_deploy import program; print(program().path)"
    here = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert installed.says("python", "-c", ask).stdout == here.stdout
