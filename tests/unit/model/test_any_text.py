"""Whatever stands in the files, the answer is a lab or a list of mistakes, one line each."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.loading import load_lab
from orchestrator.model import yaml_lines
from orchestrator.model.mistakes import LabFileError, Mistake

TWO_VPNS = Path(__file__).parents[3] / "labs" / "two-vpns"
TOPOLOGY = (TWO_VPNS / "two-vpns.clab.yml").read_bytes()
INTENT = (TWO_VPNS / "vpn.yml").read_bytes()
PIECES = st.sampled_from((
    "", "[", "]", "{}", "-", ":", ": ", "\n", "\t", "null", "*a", "&a", "&a [*a]", "<<:", "!x", "0", "-1",
    r'"\ud800"', "65000:1", "red", "pe1", "asn:", "sites:", "attachments:", "10.0.0.0/31", "[0.0.0.0/0]",
    "::/0", "...", "---",
))  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, text: bytes) -> bytes:
    """A valid file with some stretches of it replaced."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 30))
        text = text[:start] + draw(PIECES).encode() + text[start + length :]
    return text


def outcome(topology: bytes, intent: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "x.clab.yml").write_bytes(topology)
        (folder / "vpn.yml").write_bytes(intent)
        mistakes = mistakes_of(folder)
    lines = [str(mistake) for mistake in mistakes]
    assert str(LabFileError(mistakes)).count("\n") == max(len(lines) - 1, 0)
    assert all(line.isprintable() for line in lines)


def mistakes_of(folder: Path) -> tuple[Mistake, ...]:
    try:
        load_lab(folder)
    except LabFileError as error:
        return error.mistakes
    return ()


@given(st.text())
def test_any_intent(text: str) -> None:
    outcome(TOPOLOGY, text.encode(errors="replace"))


@given(st.binary())
def test_any_bytes(octets: bytes) -> None:
    outcome(octets, octets)


@given(damaged(INTENT))
def test_damaged_intent(text: bytes) -> None:
    outcome(TOPOLOGY, text)


@given(damaged(TOPOLOGY))
def test_damaged_topology(text: bytes) -> None:
    outcome(text, INTENT)


def reads_alike_without_libyaml(text: str) -> None:
    file = Path("some.yml")
    fast = yaml_lines.read_yaml(file, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_lines, "_FastLoader", None)
        assert yaml_lines.read_yaml(file, text) == fast


@given(damaged(INTENT))
def test_a_damaged_file_is_the_same_without_libyaml(text: bytes) -> None:
    reads_alike_without_libyaml(text.decode())


def test_every_file_is_the_same_without_libyaml() -> None:
    files = [*TWO_VPNS.parent.rglob("*.yml"), *(Path(__file__).parent / "errors").rglob("*.yml")]
    assert len(files) > 100
    for file in files:
        reads_alike_without_libyaml(file.read_bytes().decode(errors="replace"))


def test_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LabFileError) as error:
        load_lab(Path("nowhere"))
    assert str(error.value) == "nowhere: there is no such folder; name a lab's folder"


def test_file_instead_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("some").write_text("", encoding="utf-8")
    with pytest.raises(LabFileError) as error:
        load_lab(Path("some"))
    assert str(error.value) == "some: is a file, not a folder; name a lab's folder"


def test_not_utf8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.clab.yml").write_bytes(TOPOLOGY)
    Path("vpn.yml").write_bytes(b"provider:\n  # caf\xe9\n")
    with pytest.raises(LabFileError) as error:
        load_lab(Path())
    assert str(error.value) == "vpn.yml:2: not UTF-8 text; save the file as UTF-8"


def test_folder_instead_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.clab.yml").write_bytes(TOPOLOGY)
    Path("vpn.yml").mkdir()
    with pytest.raises(LabFileError) as error:
        load_lab(Path())
    assert str(error.value) == "vpn.yml: is a folder; a lab's files are ordinary files"
