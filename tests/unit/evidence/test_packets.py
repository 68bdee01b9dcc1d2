"""Packets in a bundle: kept as they are, whatever they are, and read by nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator import cli
from orchestrator.evidence.archive import BadBundle, unpack
from orchestrator.evidence.file import read, write
from orchestrator.evidence.format import bundle_from_parts, bundle_to_parts
from orchestrator.evidence.redact import redacted
from tests.recorded.recording import RecordingKey

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle

PART = "seen/1/p1.eth1.pcap"
CAUGHT = {
    "p1.eth1": bytes.fromhex("d4c3b2a1020004000000000000000000c000000001000000"),
    "p2.eth2": b"\x1b]0;mine\x07\xff../../etc/passwd\x00" * 1000,  # whoever made it wanted something else
    "pe1.eth1": b"",
}


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    before = read(RecordingKey("two-vpns", "", "10.3").file)
    return replace(before, seen=(replace(before.seen[0], packets=CAUGHT),))


def test_they_come_back_as_they_were(bundle: Bundle, tmp_path: Path) -> None:
    write(bundle, tmp_path / "b")
    assert read(tmp_path / "b") == bundle
    assert unpack((tmp_path / "b").read_bytes())[PART] == CAUGHT["p1.eth1"]
    assert redacted(bundle).seen[0].packets == CAUGHT


def test_another_packet_is_noticed(bundle: Bundle) -> None:
    parts = bundle_to_parts(bundle)
    with pytest.raises(BadBundle, match=f"is damaged: {PART} is not what was written"):
        bundle_from_parts(parts | {PART: b"another"})


def test_whatever_they_are_they_do_nothing(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for packets in (CAUGHT, {}):
        write(replace(bundle, seen=(replace(bundle.seen[0], packets=packets),)), tmp_path / "b")
        assert cli.main(["verify", "--from", f"{tmp_path}/b"]) == 0
        said.append(capsys.readouterr())
    assert said[0] == said[1]
    assert [one.name for one in tmp_path.iterdir()] == ["b"]


def test_they_are_of_a_verification_that_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["verify", "two-vpns", "--pcap"]) == 2
    assert "--pcap goes into the file that --bundle names" in capsys.readouterr().err
    words = ["--pcap", "--bundle", f"{tmp_path}/b", "--path", "red1", "red2"]
    assert cli.main(["verify", "two-vpns", *words]) == 2
    assert "--pcap is of a verification: not with --path or --watch" in capsys.readouterr().err
