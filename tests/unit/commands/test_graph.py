"""`l3vpn graph`: the format by the file's ending, and one line for what cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.cli import main, parser
from orchestrator.commands import graph
from orchestrator.diagrams.formats import FORMATS

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


@pytest.mark.parametrize("form", FORMATS)
def test_the_ending_says_the_format(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / f"map.{form}"
    assert main(["graph", "two-vpns", "-o", str(file)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["graph", "two-vpns", "--format", form]) == 0
    assert capsys.readouterr().out == file.read_text(encoding="utf-8")


def test_a_stage_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "provider-migration", "--stage", "after", "--format", "svg"]) == 0
    assert "provider-migration, stage after" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            [],
            "which format? give -o FILE.svg, or --format with one of svg, mmd, drawio, dot, annotations.json",
        ),
        (
            ["-o", "x.png"],
            "x.png: no format ends like this; known: .svg, .mmd, .drawio, .dot, .annotations.json",
        ),
        (
            ["-o", "x.svg", "--show", "labels"],
            "--show: there is no 'labels'; known: interfaces, addresses, costs",
        ),
        (["-o", "/nowhere/x.svg"], "/nowhere/x.svg: No such file or directory"),
    ],
)
def test_what_cannot_be_is_one_line(
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["graph", "two-vpns", *words]) != 0
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_command_line_offers_all_formats() -> None:
    def action(of: argparse.ArgumentParser, dest: str) -> argparse.Action:
        return next(one for one in of._actions if one.dest == dest)

    verbs = action(parser(), "verb").choices
    assert isinstance(verbs, dict)
    assert tuple(action(verbs["graph"], "format").choices or ()) == FORMATS
    assert graph.Options.__dataclass_fields__.keys() >= {"output", "format", "show"}
