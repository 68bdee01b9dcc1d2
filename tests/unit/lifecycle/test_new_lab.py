"""`l3vpn new`: what it writes is a lab that verifies once it has converged, or nothing is written."""

from __future__ import annotations

import sys
from io import StringIO
from typing import TYPE_CHECKING, Final

import pytest

from orchestrator.cli import main, parser
from orchestrator.faults.scenario import load_scenarios
from orchestrator.lifecycle.new_lab import NewLab, files, write
from orchestrator.loading import load_lab
from orchestrator.model.state import together
from orchestrator.protocols.registry import PROTOCOLS
from orchestrator.render.frr import frr_configuration
from orchestrator.render.plumbing import plumbing
from orchestrator.verification.expect import expect
from tests.unit.verification.converged import Converged
from tests.unit.verification.scene import Scene

if TYPE_CHECKING:
    from pathlib import Path

NAMES: Final = [one.value.name for one in PROTOCOLS]
SIZES: Final = [(2, 0, 1, 1), (2, 1, 1, 2), (3, 0, 2, 2), (3, 2, 2, 4), (2, 4, 1, 3)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("protocol", NAMES)
def test_it_verifies_when_converged(protocol: str, size: tuple[int, int, int, int], tmp_path: Path) -> None:
    pes, ps, vpns, sites = size
    write(tmp_path / "mine", NewLab(pes, ps, vpns, sites, protocol))
    lab = load_lab(tmp_path / "mine")
    assert lab.name == "mine"
    assert len(lab.nodes) == pes + ps + vpns * sites
    for node in lab.nodes:
        assert frr_configuration(lab, node.name, "10.3")
        assert str(plumbing(lab, node.name))
    found = Scene.of(lab, Converged(lab).says).findings().values()
    assert len(found) > 20 * len(lab.nodes)
    assert [(str(one.check.id), one.observed) for one in found if not one.holds] == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_its_scenarios_leave_something_to_verify(size: tuple[int, int, int, int], tmp_path: Path) -> None:
    pes, ps, vpns, sites = size
    write(tmp_path / "mine", NewLab(pes, ps, vpns, sites))
    lab = load_lab(tmp_path / "mine")
    named = load_scenarios(lab)
    assert [one.name for one in named] == ["core-link", "access-link", "pe-lost"]
    whole = len(expect(lab))
    for one in named:
        first, last = one.steps
        assert 0 < len(expect(lab, together(fault.state for fault in first.fails))) < whole, one.name
        assert last.words == first.words.replace("fail", "restore")


@pytest.mark.thorough
def test_the_largest_is_a_lab(tmp_path: Path) -> None:
    write(tmp_path / "large", NewLab(50, 50, 8, 50))
    assert len(load_lab(tmp_path / "large").nodes) == 500


def test_it_has_an_option_for_each_protocol() -> None:
    for protocol in NAMES:
        assert parser().parse_args(["new", "x", "--protocol", protocol]).protocol == protocol


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["full"], "full: there is something already; name a new or an empty folder"),
        (["file"], "file: there is something already; name a new or an empty folder"),
        (["no/x"], "no: there is no such folder"),
        (["a b"], "the folder's name is the lab's, and 'a b' is no host name"),
        (["x", "--pes", "1"], "--pes 1: give a number within 2..50"),
        (["x", "--vpns", "9"], "--vpns 9: give a number within 1..8"),
        (["x", "--asn", "0"], "this makes no lab: asn of the provider: AS 0 is reserved (RFC 7607)"),
        (["x", "--asn", "65101"], "this makes no lab: site red1 has AS 65101, which is that of the provider"),
    ],
)
def test_nothing_is_written_and_one_line_says_why(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", StringIO())
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes").touch()
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    assert main(["new", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "mine", NewLab())
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken_without_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", StringIO("7\n"))
    assert main(["new", "mine", "--vpns", "1"]) == 0
    assert capsys.readouterr().out.endswith("next, l3vpn up ./mine\n")
    written = {one.name: one.read_text() for one in (tmp_path / "mine").iterdir()}
    assert written == files("mine", NewLab(vpns=1))


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_asked_for_what_is_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", Terminal("\nmany\n99\n3\n3\nigrp\nospf\n"))  # and then ends
    assert main(["new", "mine", "--vpns", "1"]) == 0
    written = {one.name: one.read_text() for one in (tmp_path / "mine").iterdir()}
    assert written == files("mine", NewLab(2, 3, 1, 3, "ospf"))
