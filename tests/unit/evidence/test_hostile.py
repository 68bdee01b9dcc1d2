"""Bundles that somebody made on purpose, digests and all: a line, and nothing that a terminal would obey."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator import cli
from orchestrator.errors import UsageError
from orchestrator.evidence.file import look_at_target, read, write
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.facts import CouldNotLook
from tests.recorded.recording import RecordingKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle

ESCAPE = "\x1b]0;mine\x07\x1b[2J\x9b"


@pytest.fixture(scope="module")
def before() -> Bundle:
    return read(RecordingKey("two-vpns", "", "10.3").file)


def _said(bundle: Bundle, node: str, edit: Callable[[str, str], str]) -> Bundle:
    """The bundle in which a node said something else."""
    (seen,) = bundle.seen
    said = {
        command: replace(one, output=edit(command, one.output)) if isinstance(one, Transcript) else one
        for command, one in seen.answers[node].items()
    }
    return replace(bundle, seen=(replace(seen, answers={**seen.answers, node: said}),))


def _ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(words)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_what_a_terminal_would_obey_is_written_out(
    before: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (seen,) = before.seen
    unknown = replace(
        before, seen=(replace(seen, flights=dict.fromkeys(seen.flights, CouldNotLook(ESCAPE))),)
    )
    write(unknown, tmp_path / "b")
    for words in (("verify", "--from", f"{tmp_path}/b"), ("compare", f"{tmp_path}/b", f"{tmp_path}/b")):
        _, out, _ = _ask(capsys, *words)
        assert not {"\x1b", "\x07", "\x9b"} & set(out)
    code, out, _ = _ask(capsys, "verify", "--from", f"{tmp_path}/b")
    assert (code, "\\x1b]0;mine" in out) == (1, True)


def test_no_complaint_has_what_a_terminal_would_obey(
    before: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(_said(before, "p1", lambda command, text: ESCAPE if "running" in command else text), tmp_path / "b")
    code, _, err = _ask(capsys, "diff", "--from", f"{tmp_path}/b")
    assert (code, err.count("\n")) == (4, 1)
    assert not {"\x1b", "\x07", "\x9b"} & set(err)


def test_a_block_of_configuration_that_is_there_twice(
    before: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def twice(command: str, text: str) -> str:
        return (
            f"{text}\nvrf twice\n vni 1\nexit-vrf\n!\nvrf twice\n vni 2\nexit-vrf\n"
            if command == "show running-config"
            else text
        )

    write(_said(before, "pe1", twice), tmp_path / "b")
    code, _, err = _ask(capsys, "diff", "--from", f"{tmp_path}/b")
    assert code == 4
    assert err.startswith("l3vpn: pe1: has a block of configuration twice: ")
    code, out, _ = _ask(capsys, "verify", "--from", f"{tmp_path}/b")
    assert (code, "configuration unknown: pe1" in out) == (0, True)


def test_files_in_a_folder_of_the_lab_are_none_of_it(
    before: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {f"inner/{name}": text for name, text in before.files.items()}
    write(replace(before, files=files), tmp_path / "b")
    code, _, err = _ask(capsys, "verify", "--from", f"{tmp_path}/b")
    assert (code, "there is no topology file" in err) == (2, True)


def test_a_lab_file_in_a_bundle_is_as_small_as_one_in_a_folder(
    before: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(replace(before, files={**before.files, "vpn.yml": "x" * 1_000_001}), tmp_path / "b")
    code, _, err = _ask(capsys, "verify", "--from", f"{tmp_path}/b")
    assert (code, "vpn.yml: is too large: 1,000,001 bytes" in err) == (2, True)


def test_a_very_long_line_is_refused_and_not_quoted_whole(
    before: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(_said(before, "p1", lambda _, text: f"{text}{'x' * 100_000}"), tmp_path / "b")
    code, out, _ = _ask(capsys, "verify", "--from", f"{tmp_path}/b", "--format", "json")
    assert (code, len(out) < 1_000_000) == (1, True)
    assert "is longer than any line that a command prints" in out


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _device(file: Path) -> None:
    file.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [_pipe, _device])
def test_what_is_no_ordinary_file_is_not_opened(
    before: Bundle, make: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd, good = tmp_path / "odd", tmp_path / "good"
    make(odd)
    write(before, good)
    code, _, err = _ask(capsys, "verify", "--from", str(odd))
    assert (code, err) == (2, f"l3vpn: {odd}: is no ordinary file\n")
    code, _, err = _ask(capsys, "verify", "--from", str(good), "--signed-by", str(odd))
    assert (code, err.startswith(f"l3vpn: {odd}: is no key: ")) == (2, True)


def test_a_folder_that_is_a_link_to_itself(
    before: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    write(before, tmp_path / "b")
    code, _, err = _ask(capsys, "verify", "--from", f"{tmp_path}/b", "--lab", f"{tmp_path}/loop")
    assert (code, "there is no such folder" in err) == (2, True)


def test_a_bundle_takes_the_place_of_nothing_but_a_file(tmp_path: Path) -> None:
    """As root, it would have taken that of a device."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("before")
    for name in ("pipe", "no-folder/x", ""):
        with pytest.raises(UsageError):
            look_at_target(tmp_path / name)
    for name in ("file", "new", "x" * 255):  # the longest name there is, too
        look_at_target(tmp_path / name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "pipe"]
    assert (tmp_path / "file").read_text() == "before"
