"""The page of a running lab is that of its bundle, without keys and passwords."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from orchestrator.cli import main
from orchestrator.commands.pages import write_page
from orchestrator.diagrams.annotations import SUFFIX, positions
from orchestrator.diagrams.content import Layer
from orchestrator.diagrams.picture import picture
from orchestrator.evidence.file import read, write
from orchestrator.evidence.gather import look_of
from orchestrator.evidence.redact import redacted
from orchestrator.evidence.replay import Replay
from orchestrator.lifecycle.keeping import subject
from orchestrator.lifecycle.store import Placement
from orchestrator.loading import load_lab
from orchestrator.settings import Settings
from orchestrator.verification.verification import verify
from tests.recorded.recording import LABS, RecordingKey
from tests.unit.page.broken import SECRET, with_a_password
from tests.unit.page.read import read_page
from tests.unit.page.test_page import sound

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from orchestrator.lifecycle.running import LabOnHost


class Running:
    """What is known of a lab that is up."""

    def __init__(self, lab: str) -> None:
        self.placement = Placement(lab, str(LABS / lab), "guest", "netns")
        self.settings = Settings.here()


def test_a_running_lab_is_shown(tmp_path: Path) -> None:
    lab = load_lab(LABS / "two-vpns")
    network = Replay(read(RecordingKey("two-vpns", "", "10.3").file).seen[0])
    report = verify(network, lab, timeout=0, carrier=network)
    seen = look_of(report, lab, (), "verify")
    file = tmp_path / "page.html"
    write_page(str(file), cast("LabOnHost", Running("two-vpns")), network, lab, seen)
    text = file.read_text("utf-8")
    found = read_page(text)
    sound(text, found)
    (verdict,) = found.of("verdict")
    assert "All 405 checks hold" in verdict.text
    assert "Configuration: as wanted" in verdict.text
    assert "verified in" in verdict.text


def test_no_password_is_on_a_page(tmp_path: Path) -> None:
    lab = load_lab(LABS / "two-vpns")
    network = Replay(with_a_password().seen[0])
    report = verify(network, lab, timeout=0, carrier=network)
    file = tmp_path / "page.html"
    running = cast("LabOnHost", Running("two-vpns"))
    write_page(str(file), running, network, lab, look_of(report, lab, (), "verify"))
    text = file.read_text("utf-8")
    assert "neighbor 10.1.0.1 password" in text
    assert SECRET not in text


def test_the_map_of_a_bundle_is_placed_as_the_labs_folder_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "two-vpns"
    shutil.copytree(LABS / "two-vpns", folder)
    placed = folder / f"two-vpns.clab.yml{SUFFIX}"
    there = json.loads(placed.read_text("utf-8"))
    before = read(RecordingKey("two-vpns", "", "10.3").file)
    assert SUFFIX not in "".join(
        subject(load_lab(folder), Placement("x", str(folder), "guest", "netns")).files
    )
    for number, one in enumerate(there["nodeAnnotations"]):
        one["position"] = {"x": 90 * number, "y": 200 * (number % 2)}
    placed.write_text(json.dumps({**there, "freeTextAnnotations": [{"text": "my own\tword"}]}), "utf-8")
    lab = load_lab(folder)
    kept = subject(lab, Placement("two-vpns", str(folder), "guest", "netns")).files
    bundle, page = tmp_path / "b.tar.xz", tmp_path / "page.html"
    write(redacted(replace(before, redacted=False, files={**before.files, **kept})), bundle)
    assert "my own" not in "".join(read(bundle).files.values())
    assert main(["report", "--from", str(bundle), "-o", str(page)]) == 0
    nodes = [one for one in read_page(page.read_text("utf-8")).elements if "data-node" in one.attributes]
    drawn = picture(lab, tuple(Layer), positions(lab)).boxes
    assert drawn != picture(lab, tuple(Layer)).boxes
    assert [one.attributes["data-node"] for one in nodes] == [one.figure.name for one in drawn]
    texts = [one.attributes for one in read_page(page.read_text("utf-8")).of("name")][: len(drawn)]
    assert [float(one["x"]) for one in texts] == [round(one.rect.centre.x, 1) for one in drawn]
    (file,) = (name for name in kept if name.endswith(SUFFIX))
    write(replace(before, files={**before.files, file: "[1"}), bundle)
    assert main(["report", "--from", str(bundle), "-o", str(page)]) == 2
    assert f"{file}:1: is not JSON" in capsys.readouterr().err
