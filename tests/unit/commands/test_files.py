"""The files that a verb writes beside what it prints."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from orchestrator.cli import main
from orchestrator.commands.files import put
from tests.recorded.recording import RecordingKey

if TYPE_CHECKING:
    from pathlib import Path

TWO_VPNS = str(RecordingKey("two-vpns", "", "10.3").file)


def test_one_verification_in_three_files(tmp_path: Path) -> None:
    junit, markdown, ctrf = (tmp_path / name for name in ("junit.xml", "summary.md", "ctrf.json"))
    words = ["--junit", str(junit), "--markdown", str(markdown), "--ctrf", str(ctrf)]
    assert main(["verify", "--from", TWO_VPNS, *words]) == 0
    assert ET.parse(junit).getroot().get("tests") == "405"  # noqa: S314 -- our own
    assert markdown.read_text("utf-8").startswith("## ✅ `two-vpns`: all 405 checks hold")
    results = json.loads(ctrf.read_text("utf-8"))["results"]
    assert (results["summary"]["passed"], results["summary"]["tests"]) == (405, 405)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["ctrf.json", "junit.xml", "summary.md"]


def test_what_was_there_stays_whole_until_the_new_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "summary.md"
    put(str(file), "before")
    with pytest.raises(UnicodeEncodeError):
        put(str(file), "half\ud800")
    assert file.read_text() == "before"
    link = tmp_path / "link.md"
    link.symlink_to(file)
    put(str(link), "after")
    assert link.is_symlink()
    assert file.read_text() == "after"
    monkeypatch.setattr(os, "access", lambda *_: False)  # a folder where nothing may be made
    put(str(file), "again")
    assert file.read_text() == "again"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    put(str(pipe), "said")
    reader.join(timeout=10)
    assert read == ["said"]
    assert pipe.is_fifo()
