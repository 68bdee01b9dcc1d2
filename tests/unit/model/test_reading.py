"""A lab folder may come from a stranger: nothing but small files of its own is read, without waiting."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.faults.scenario import load_scenarios
from orchestrator.lifecycle.measuring import read_plan
from orchestrator.loading import load_lab
from orchestrator.model import reading
from orchestrator.model.mistakes import LabFileError
from orchestrator.model.reading import LARGEST, read_text

if TYPE_CHECKING:
    from collections.abc import Callable

TWO_VPNS = Path(__file__).parents[3] / "labs" / "two-vpns"
FILES = ("two-vpns.clab.yml", "vpn.yml", "scenarios.yml", "measure.yml")
SECRET = "root:$y$j9T$secret:20000:0:99999:7"  # noqa: S105 -- looks like one


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(TWO_VPNS, tmp_path / "lab")
    monkeypatch.chdir(tmp_path / "lab")
    return tmp_path / "lab"


def read_all(folder: Path) -> None:
    lab = load_lab(folder)
    load_scenarios(lab)
    read_plan(lab)


def reported(folder: Path, name: str) -> str:
    """What is said of a file in a lab's folder, in one line."""
    with pytest.raises(LabFileError) as error:
        read_all(folder)
    (line,) = str(error.value).splitlines()
    assert line.startswith(f"{name}: ")
    return line.removeprefix(f"{name}: ")


def pipe(file: Path) -> None:
    os.mkfifo(file)


def unix_socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(file))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (pipe, "a named pipe"),
        (unix_socket, "a socket"),
        (Path.mkdir, "a folder"),
        (lambda file: file.symlink_to("/dev/zero"), "a device"),
        (lambda file: file.symlink_to("/proc/self/ns/net"), "a link out of the lab's folder"),
    ],
)
def test_only_ordinary_files_are_opened(
    folder: Path, name: str, make: Callable[[Path], None], kind: str
) -> None:
    (folder / name).unlink(missing_ok=True)
    make(folder / name)
    assert reported(folder, name).startswith(f"is {kind}; ")


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("inside", [True, False])
def test_a_link_stays_in_the_folder_or_shows_nothing(folder: Path, name: str, *, inside: bool) -> None:
    """Where it leads, and what is there, is not shown either."""
    there = folder if inside else folder.parent
    (there / "elsewhere").write_text("- x\n" if inside else SECRET)
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(there / "elsewhere")
    if inside:
        with pytest.raises(LabFileError, match="a list is not a mapping") as error:
            read_all(folder)
        assert str(error.value).startswith(f"{name}:1: ")
    else:
        assert reported(folder, name) == "is a link out of the lab's folder; put the file itself there"


def test_a_folder_that_is_a_link_is_a_lab(folder: Path) -> None:
    (folder.parent / "mine").symlink_to(folder)
    assert load_lab(folder.parent / "mine").name == "two-vpns"


def test_a_link_over_the_parent_folder_leads_out(folder: Path) -> None:
    """A folder whose name merely begins alike is another one."""
    (folder.parent / "lab2").mkdir()
    (folder.parent / "lab2" / "vpn.yml").write_text(SECRET)
    (folder / "vpn.yml").unlink()
    (folder / "vpn.yml").symlink_to("../lab2/vpn.yml")
    assert "is a link out of" in reported(folder, "vpn.yml")


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_mapping_is_not_quoted(folder: Path, name: str) -> None:
    (folder / name).write_text(SECRET)
    with pytest.raises(LabFileError) as error:
        read_all(folder)
    assert str(error.value) == f"{name}:1: is not a mapping; write key: value pairs"


@pytest.mark.parametrize("name", FILES)
def test_a_large_file_is_not_read(folder: Path, name: str) -> None:
    with (folder / name).open("w") as file:
        file.truncate(LARGEST + 1)
    assert reported(folder, name) == "is too large: 1,000,001 bytes; a lab's file has at most 1,000,000"


def test_a_file_that_does_not_say_its_size_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may grow between the look and the reading; files under /proc have no size."""
    file = tmp_path / "vpn.yml"
    file.write_text("x" * 50)
    monkeypatch.setattr(reading, "LARGEST", 10)
    monkeypatch.setattr(reading, "_refusal", lambda *_: None)
    with pytest.raises(LabFileError, match="is too large: more bytes"):
        read_text(file)


@pytest.mark.parametrize(
    "text",
    ["[" + "x," * 40_000 + "]", "- x\n" * 40_000, "".join(f"k{number}: 1\n" for number in range(20_000))],
)
def test_a_long_list_is_given_up_while_it_is_read(folder: Path, text: str) -> None:
    (folder / "vpn.yml").write_text(text)
    with pytest.raises(LabFileError, match=r"more than 30000 values; a lab needs far fewer$"):
        load_lab(folder)


def test_of_very_many_mistakes_the_first_are_reported(folder: Path) -> None:
    (folder / "vpn.yml").write_text("".join(f"k{number}: 1\n" for number in range(5_000)))
    with pytest.raises(LabFileError) as error:
        load_lab(folder)
    lines = str(error.value).splitlines()
    assert len(lines) == 101
    assert lines[-1].startswith("and ")
    assert len(error.value.mistakes) > 5_000


def test_many_prefixes_are_compared_with_their_neighbours_alone(folder: Path) -> None:
    """Each with each, it would take half a minute."""
    intent = folder / "vpn.yml"
    many = ", ".join(f"10.{number >> 8}.{number & 255}.0/24" for number in range(5_000))
    intent.write_text(intent.read_text().replace("172.16.2.0/24", f"172.16.2.0/24, {many}, 10.9.0.0/16", 1))
    with pytest.raises(LabFileError) as error:
        load_lab(folder)
    overlapping = [one for one in error.value.mistakes if "which overlap" in one.what]
    assert len(overlapping) >= 256
    assert all("10.9." in one.what for one in overlapping)
