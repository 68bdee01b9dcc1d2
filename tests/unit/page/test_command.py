"""`l3vpn report` and `verify --html`, asked of a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.cli import main
from orchestrator.evidence.file import write
from orchestrator.page.page import page
from tests.recorded.recording import RecordingKey
from tests.unit.page.broken import SECRET, judged, mutated, recorded, with_a_password

if TYPE_CHECKING:
    from pathlib import Path

TWO_VPNS = str(RecordingKey("two-vpns", "", "10.3").file)


@pytest.mark.parametrize(("verb", "option"), [("report", "-o"), ("report", "--output"), ("verify", "--html")])
def test_a_bundle_becomes_a_page(
    verb: str, option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    assert main([verb, "--from", TWO_VPNS, option, str(file)]) == 0
    assert "All 405 checks hold" in file.read_text("utf-8")
    assert "all 405 checks hold" in capsys.readouterr().out


def test_a_broken_one_has_a_page_too(tmp_path: Path) -> None:
    bundle, file = tmp_path / "b.tar.xz", tmp_path / "page.html"
    write(mutated(recorded("two-vpns"), "p1", "an LDP session does not come up"), bundle)
    assert main(["report", "--from", str(bundle), "-o", str(file)]) == 1
    assert "Not verified" in file.read_text("utf-8")


def test_a_page_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--from", TWO_VPNS, "-o", str(tmp_path / "none" / "page.html")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path / "none") in line


def test_a_page_has_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["report", "--from", TWO_VPNS])
    assert left.value.code == 2
    assert "-o/--output" in capsys.readouterr().err


def test_no_password_is_on_the_page_of_a_bundle_that_has_them(tmp_path: Path) -> None:
    bundle, file = tmp_path / "b.tar.xz", tmp_path / "page.html"
    write(with_a_password(), bundle)
    there = judged(with_a_password())
    assert SECRET in page(there, there.report())
    assert main(["report", "--from", str(bundle), "-o", str(file)]) == 1
    assert "neighbor 10.1.0.1 password" in file.read_text("utf-8")
    assert SECRET not in file.read_text("utf-8")
