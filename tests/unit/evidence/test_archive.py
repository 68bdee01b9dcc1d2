"""Files that claim to be bundles: damaged, foreign, newer and hostile ones get a line, and do nothing."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import tarfile
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence import archive
from orchestrator.evidence import format as bundle_format
from orchestrator.evidence.archive import BadBundle, pack, unpack
from orchestrator.evidence.file import read, write
from orchestrator.evidence.format import MANIFEST, bundle_from_parts, bundle_to_parts
from tests.trying import tries

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.evidence.bundle import Bundle

PARTS = {"manifest.json": b"{}", "seen/1/nodes/pe1.txt": b"x" * 5000, "empty": b""}


def _tar(*entries: tarfile.TarInfo, form: int = tarfile.USTAR_FORMAT) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=form) as made:
        for one in entries:
            made.addfile(one, io.BytesIO(bytes(one.size)) if one.isreg() else None)
    return lzma.compress(whole.getvalue())


def _entry(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> bytes:
    one = tarfile.TarInfo(name)
    one.type, one.size, one.linkname = kind, size, link
    return _tar(one)


def test_the_same_parts_give_the_same_bytes_and_come_back() -> None:
    assert pack(PARTS) == pack(PARTS)
    assert unpack(pack(PARTS)) == PARTS
    assert list(unpack(pack(PARTS))) == list(PARTS)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no evidence bundle"),
        (b"PK\x03\x04 a zip file", "is no evidence bundle, or a damaged one"),
        (lzma.compress(b"text"), "is cut off"),
        (lzma.compress(b"x" * 1024), "is no evidence bundle, or a damaged one"),
        (pack(PARTS) + b"x", "goes on behind its end"),
        (pack(PARTS) + pack(PARTS), "goes on behind its end"),
        (lzma.compress(b"", format=lzma.FORMAT_ALONE), "is no evidence bundle, or a damaged one"),
        (lzma.compress(bytes(1024), preset=9), "is no evidence bundle, or a damaged one"),  # 65 MB of memory
        (_entry("../../etc/passwd"), "has a part with an impossible name, '../../etc/passwd'"),
        (_entry("/etc/passwd"), "has a part with an impossible name, '/etc/passwd'"),
        (_entry("lab/../../x"), "has a part with an impossible name, 'lab/../../x'"),
        (_entry("a\x1b[2J"), "has a part with an impossible name, 'a\\x1b[2J'"),
        (_entry("C:\\windows"), "has a part with an impossible name, 'C:\\\\windows'"),
        (_entry("link", tarfile.SYMTYPE, link="/etc/passwd"), "has a part that is no file, link"),
        (_entry("link", tarfile.LNKTYPE, link="manifest.json"), "has a part that is no file, link"),
        (_entry("null", tarfile.CHRTYPE), "has a part that is no file, null"),
        (_entry("pipe", tarfile.FIFOTYPE), "has a part that is no file, pipe"),
        (_entry("folder", tarfile.DIRTYPE), "has a part that is no file, folder"),
        (_tar(tarfile.TarInfo("a"), tarfile.TarInfo("a")), "has two parts called a"),
        (_tar(*(tarfile.TarInfo("x" * 200),), form=tarfile.PAX_FORMAT), "has a part"),
        (_tar(*(tarfile.TarInfo("x" * 200),), form=tarfile.GNU_FORMAT), "has a part"),
    ],
)
def test_what_is_no_bundle_is_said_to_be_none(data: bytes, said: str) -> None:
    with pytest.raises(BadBundle) as caught:
        unpack(data)
    assert str(caught.value).startswith(said)


def test_a_bomb_is_put_out_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_PART", 1_000_000)
    monkeypatch.setattr(archive, "LARGEST_WHOLE", 4_000_000)
    for bomb, said in (
        (lzma.compress(bytes(20_000_000)), "goes on behind its end"),
        (_entry("lab/vpn.yml", size=20_000_000), "has a part of more than 1,000,000 bytes, lab/vpn.yml"),
        (pack({f"p{number}": bytes(1_000_000) for number in range(20)}), "unpacks to more than 4,000,000"),
    ):
        assert len(bomb) < 10_000
        tracemalloc.start()
        with pytest.raises(BadBundle, match=said):
            unpack(bomb)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 15_000_000  # of which 8 are what xz remembers


def test_each_part_of_a_bundle_is_looked_at_once_however_many_looks_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before, each look went through the parts of all: 9,999 of them, with 20,000 parts, took minutes."""
    about = {"title": "", "at": "2026-01-01T00:00:00+00:00"}
    parts = {f"seen/{number}/nodes/pe1.txt": b"" for number in range(1, 900)}
    digests = dict.fromkeys(parts, hashlib.sha256(b"").hexdigest())
    manifest = {"format": 1, "lab": "x", "redacted": True, "seen": [about] * 999, "parts": digests}
    names: list[str] = []
    pattern = bundle_format._NODE

    class Counted:
        @staticmethod
        def fullmatch(name: str) -> re.Match[str] | None:
            names.append(name)
            return pattern.fullmatch(name)

    monkeypatch.setattr(bundle_format, "_NODE", Counted)
    bundle = bundle_from_parts({MANIFEST: json.dumps(manifest).encode(), **parts})
    assert bundle.seen[898].answers == {"pe1": {}}
    assert bundle.seen[998].answers == {}
    assert sorted(names) == sorted(parts)


def test_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_PARTS", 3)
    with pytest.raises(BadBundle, match="has more than 3 parts"):
        unpack(pack({f"p{number}": b"" for number in range(4)}))


@pytest.mark.parametrize(("limit", "most"), [("LARGEST_WHOLE", 0), ("MOST_PARTS", 40)])
def test_what_is_written_is_read(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    """The oldest looks stay out, and whoever writes is told how many."""
    looks = tuple(replace(bundle.seen[0], title=f"look {number}") for number in range(9))
    several, file = replace(bundle, seen=looks), tmp_path / "b"
    assert write(several, file) == 0
    weight = len(lzma.decompress(file.read_bytes()))
    monkeypatch.setattr(archive, limit, most or weight // 2)
    with pytest.raises(BadBundle, match=r"unpacks to more|has more than"):
        read(file)
    left_out = write(several, file)
    assert 3 <= left_out <= 6
    assert read(file).seen == looks[left_out:]
    monkeypatch.setattr(archive, limit, (len(bundle_to_parts(bundle)) + 1) if most else weight // 8)
    assert write(several, file) == 8
    assert [one.title for one in read(file).seen] == ["look 8"]


def test_what_could_not_be_read_is_not_written(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b"
    file.write_text("before")
    for module, limit, said in (
        (
            "archive",
            "LARGEST_PART",
            "manifest.json has more than the 1,000 bytes that a part may have",
        ),
        ("archive", "LARGEST_WHOLE", "it has more than the 1,000 bytes or 20,000 parts that one may have"),
        ("file", "LARGEST_FILE", "it would be larger than 1,000 bytes"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(f"orchestrator.evidence.{module}.{limit}", 1000)
            with pytest.raises(BadBundle, match=f"^{file}: no bundle is written: {said}$"):
                write(replace(bundle, files={}), file)
        assert file.read_text() == "before"


def test_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.evidence.file.LARGEST_FILE", 10)
    (tmp_path / "b").write_bytes(bytes(11))
    with pytest.raises(BadBundle, match="b: is larger than 10 bytes"):
        read(tmp_path / "b")


def test_every_cut_and_every_other_octet_is_noticed() -> None:
    whole = pack(PARTS)
    for at in range(len(whole)):
        with pytest.raises(BadBundle):
            unpack(whole[:at])
        other = bytes((whole[at] ^ 0x55,))
        with pytest.raises(BadBundle):
            unpack(whole[:at] + other + whole[at + 1 :])


def _manifest(bundle: Bundle, **changed: object) -> dict[str, bytes]:
    parts = bundle_to_parts(bundle)
    parts[MANIFEST] = json.dumps(json.loads(parts[MANIFEST]) | changed).encode()
    return parts


def _deep(_: Bundle) -> dict[str, bytes]:
    return {MANIFEST: b'{"format": 1, "lab": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"}


def _huge(_: Bundle) -> dict[str, bytes]:
    return {MANIFEST: b'{"format": ' + b"9" * 100_000 + b"}"}


def _without_part(bundle: Bundle) -> dict[str, bytes]:
    parts = bundle_to_parts(bundle)
    del parts["lab/vpn.yml"]
    return parts


def _another_part(bundle: Bundle) -> dict[str, bytes]:
    return bundle_to_parts(bundle) | {"lab/vpn.yml": b"{}"}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (lambda _: {}, "is no evidence bundle: it has no manifest"),
        (lambda _: {MANIFEST: b"[]"}, "is damaged: its manifest is not to be read"),
        (lambda _: {MANIFEST: b"\xff\x00"}, "is damaged: its manifest is not to be read"),
        (_deep, "is damaged: its manifest is not to be read"),
        (_huge, "is damaged: its manifest is not to be read"),
        (lambda one: _manifest(one, format=2), "is of format 2, and this program knows 1: "),
        (lambda one: _manifest(one, lab="\x1b[2J"), "is damaged: its manifest is not to be read"),
        (lambda one: _manifest(one, seen=[]), "is damaged: its manifest is not to be read"),
        (
            lambda one: _manifest(one, seen=[{"title": "a", "at": "b", "failed": [{"target": 1}]}]),
            "is damaged: what it has of look 1 is not to be read",
        ),
        (_without_part, "is damaged: it lacks 'lab/vpn.yml'"),
        (_another_part, "is damaged: lab/vpn.yml is not what was written"),
    ],
)
def test_what_is_wrong_with_a_bundle_is_told_in_a_line(
    bundle: Bundle, parts: Callable[[Bundle], dict[str, bytes]], said: str
) -> None:
    with pytest.raises(BadBundle) as caught:
        bundle_from_parts(parts(bundle))
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_what_a_later_version_adds_is_ignored(bundle: Bundle) -> None:
    added = dict.fromkeys(("more/x.bin", "seen/1/more/x.pcap", "seen/1/p1.eth1.zst"), b"\xff")
    digests = {name: hashlib.sha256(one).hexdigest() for name, one in added.items()}
    parts = json.loads(bundle_to_parts(bundle)[MANIFEST])["parts"] | digests
    assert bundle_from_parts({**_manifest(bundle, news=[1], parts=parts), **added}) == bundle
    assert bundle_from_parts({**_manifest(bundle), **added}) == bundle


@tries(1)
@given(data=st.data())
def test_whatever_a_part_says_it_is_read_or_refused_in_a_line(bundle: Bundle, data: st.DataObject) -> None:
    """The digests are right: somebody made it on purpose."""
    parts = bundle_to_parts(bundle)
    name = data.draw(st.sampled_from([one for one in parts if one != MANIFEST]))
    text = parts[name]
    at = data.draw(st.integers(0, len(text)))
    piece = data.draw(
        st.one_of(
            st.binary(max_size=20), st.sampled_from([b"[", b"9" * 5000, b"# x\n# 5 characters, status 0\n"])
        )
    )
    gone = data.draw(st.integers(0, 50))
    parts[name] = text[:at] + piece + text[at + gone :]
    manifest = json.loads(parts[MANIFEST])
    manifest["parts"][name] = hashlib.sha256(parts[name]).hexdigest()
    parts[MANIFEST] = json.dumps(manifest).encode()
    with suppress(BadBundle):
        bundle_from_parts(parts)


def test_it_is_written_whole_or_not_at_all_and_for_its_owner_alone(bundle: Bundle, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.xz"
    file.write_text("before")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestrator.evidence.file.os.fdopen", _full_disk)
        with pytest.raises(OSError, match="No space"):
            write(bundle, file)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("b.tar.xz", "before")]
    write(bundle, file)
    assert [(one.name, oct(one.stat().st_mode)[-3:]) for one in tmp_path.iterdir()] == [("b.tar.xz", "600")]


def _full_disk(*_: object) -> object:
    raise OSError(28, "No space left on device")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadBundle, match="nowhere: can't be read: No such file or directory"):
        read(tmp_path / "nowhere")
