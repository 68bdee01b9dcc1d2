"""Signed bundles: whose they are, and that nothing in them was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from orchestrator import cli
from orchestrator.errors import UsageError
from orchestrator.evidence.archive import BadBundle, pack, unpack
from orchestrator.evidence.file import read, write
from orchestrator.evidence.format import MANIFEST
from orchestrator.evidence.judge import opened
from orchestrator.evidence.sign import SIGNATURE, read_key, read_signer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle


def pair(folder: Path, name: str) -> tuple[Path, Path]:
    key = Ed25519PrivateKey.generate()
    private, public = folder / name, folder / f"{name}.pub"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
    )
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        + b" somebody@somewhere\n"
    )
    return private, public


def test_who_signed_it_is_told_and_demanded(bundle: Bundle, tmp_path: Path) -> None:
    private, public = pair(tmp_path, "mine")
    _, other = pair(tmp_path, "other")
    write(bundle, tmp_path / "b", read_key(private))
    assert read(tmp_path / "b").signer == read_signer(public)
    assert opened(tmp_path / "b", signed_by=public).report().holds
    with pytest.raises(BadBundle, match="b: is signed by somebody else"):
        opened(tmp_path / "b", signed_by=other)
    write(bundle, tmp_path / "b")
    assert read(tmp_path / "b").signer == ""
    with pytest.raises(BadBundle, match="b: is not signed"):
        opened(tmp_path / "b", signed_by=public)


def test_what_was_changed_afterwards_is_noticed(bundle: Bundle, tmp_path: Path) -> None:
    private, _ = pair(tmp_path, "mine")
    write(bundle, tmp_path / "b", read_key(private))
    parts = unpack((tmp_path / "b").read_bytes())
    for name, instead in (
        (MANIFEST, parts[MANIFEST].replace(b"netns", b"netnt")),
        (SIGNATURE, b"ssh-ed25519 nonsense\nAAAA\n"),
        (SIGNATURE, b"\xff"),
        (SIGNATURE, b""),
    ):
        (tmp_path / "c").write_bytes(pack({**parts, name: instead}))
        with pytest.raises(BadBundle, match="c: is damaged: its signature is not one of its manifest"):
            read(tmp_path / "c")


def test_what_is_no_key(tmp_path: Path) -> None:
    _, public = pair(tmp_path, "mine")
    with pytest.raises(UsageError, match="is no ed25519 private key"):
        read_key(public)
    (tmp_path / "text").write_text("text")
    with pytest.raises(UsageError, match="is no ed25519 public key"):
        read_signer(tmp_path / "text")


@pytest.mark.parametrize("read", [read_key, read_signer])
def test_a_key_file_that_is_not_there_is_a_mistake_of_who_named_it(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    with pytest.raises(UsageError, match="gone: No such file or directory: a key file is expected there"):
        read(tmp_path / "gone")


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "--from", "b", "--signed-by", ""),
        ("verify", "--from", "b", "--signed-by="),
        ("verify", "--from", ""),
        ("diff", "--from", "b", "--lab", ""),
        ("verify", "two-vpns", "--bundle", "b", "--sign", ""),
        ("verify", "two-vpns", "--bundle", ""),
    ],
)
def test_a_variable_of_the_shell_that_is_not_set_is_no_option_left_out(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "an empty name names no file" in capsys.readouterr().err
