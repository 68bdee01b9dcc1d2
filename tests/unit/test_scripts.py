"""Shell programs: what is sent to hosts and nodes, what node trees are made with, what CI runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.scripts import script, with_arguments

ROOT = Path(__file__).parents[2]
SENT = sorted(ROOT.glob("orchestrator/*/*.sh"))
POSIX = [*SENT, *sorted(ROOT.glob("image/*.sh")), *sorted(ROOT.glob("tests/unit/**/*.sh"))]
WITH_SHEBANG = [*sorted(ROOT.glob(".ci/*")), ROOT / ".devcontainer" / "prepare"]


def complaints(*arguments: str | Path, text: str = "") -> str:
    """What shellcheck finds; `. ./OTHER.sh` is followed from the file that it stands in."""
    shellcheck = Path(sys.executable).with_name("shellcheck")
    command = [shellcheck, "--external-sources", "--source-path=SCRIPTDIR", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False).stdout


def test_shellcheck_finds_nothing() -> None:
    assert complaints("--shell=sh", *POSIX) == ""
    assert complaints(*WITH_SHEBANG) == ""


@pytest.mark.parametrize(
    "file", [one for one in POSIX if "<<'INSIDE'" in one.read_text()], ids=lambda one: one.name
)
def test_nor_in_what_a_program_gives_to_the_shell_of_another_root(file: Path) -> None:
    (inside,) = re.findall(r"<<'INSIDE'\n(.*)^INSIDE$", file.read_text(), re.MULTILINE | re.DOTALL)
    assert complaints("--shell=sh", f"--source-path={file.parent}", "-", text=inside) == ""


@pytest.mark.parametrize("file", SENT, ids=lambda one: one.name)
def test_all_that_is_sent_is_in_one_piece_and_parses(file: Path) -> None:
    text = script(str(file.relative_to(ROOT / "orchestrator")))
    assert not re.search(r"^\. \S+\.sh$", text, re.MULTILINE)
    subprocess.run(["sh", "-n"], input=text, text=True, check=True)


def test_arguments_arrive_as_they_are() -> None:
    arguments = ["", "it's", "two words", "$(false) `false` \\", "a line\nand another", "-n", "--"]
    text = with_arguments(*arguments) + 'printf "%s\\0" "$@"'
    said = subprocess.run(["sh"], input=text, text=True, capture_output=True, check=True).stdout
    assert said.split("\0")[:-1] == arguments
