"""`.devcontainer`: what it says is there, and the packages are those of README.md."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".devcontainer"
GIVEN = json.loads((FOLDER / "devcontainer.json").read_text("utf-8"))
COMMANDS = [text for name, text in GIVEN.items() if name.endswith("Command")]


def test_its_commands_are_there() -> None:
    targets = re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    made = [one for text in COMMANDS for one in re.findall(r"\bmake (\S+)", text)]
    assert made == [".venv/ready", "lab-up"]
    assert set(made) <= set(targets)
    programs = [one for text in COMMANDS for one in re.findall(r"\.devcontainer/\S+", text)]
    assert programs == [".devcontainer/prepare"]
    assert all(os.access(ROOT / one, os.X_OK) for one in programs)


def test_it_installs_what_the_readme_asks_for() -> None:
    (needs,) = re.findall(
        r"^    sudo apt-get install (.*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    (installed,) = re.findall(
        r"--no-install-recommends (.*)$", (FOLDER / "prepare").read_text("utf-8"), re.MULTILINE
    )
    assert installed == needs


def test_it_has_what_the_guest_needs_and_no_more() -> None:
    assert GIVEN["remoteUser"] != "root"
    assert "privileged" not in GIVEN
    assert "--device=/dev/net/tun" in GIVEN["runArgs"]
