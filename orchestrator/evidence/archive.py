"""The file of a bundle: `tar.xz`, written so that the same parts give the same bytes, read with mistrust.

Tar, because similar tables of many nodes compress as one (a third of what zip makes of them), and `tar xf`
opens it on Linux, macOS and Windows. A bundle may come from a stranger: nothing is unpacked to disk, and
whatever is larger, deeper or of another kind than what is written here is refused.
"""

from __future__ import annotations

import io
import lzma
import re
import tarfile
from typing import TYPE_CHECKING, Final

from orchestrator.errors import L3vpnError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LARGEST_FILE: Final = 64_000_000
"""Octets of a bundle: some 10,000 times what a lab of eight nodes needs."""
LARGEST_PART: Final = 16_000_000
LARGEST_WHOLE: Final = 128_000_000
"""Octets of a part and of all of them, unpacked; a look at 64 nodes has some 7 million."""
MOST_PARTS: Final = 20_000
_MEMORY: Final = 32_000_000  # xz says how much it needs to unpack what `_PRESET` packed: 9 MB
_PRESET: Final = 6
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,5}")
_LONGEST_NAME: Final = 100  # what a plain tar header has room for
_BLOCK: Final = 512
_RECORD: Final = tarfile.RECORDSIZE
_CHUNK: Final = 1 << 18


class BadBundle(L3vpnError):  # noqa: N818 -- says what it is about
    """A file is no evidence bundle, or a damaged one."""


def is_part_name(name: str) -> bool:
    """Whether a part may be called so: plain words and slashes, nothing that leads out of a folder."""
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def pack(parts: Mapping[str, bytes]) -> bytes:
    """The parts as one file, in their order."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in parts.items():
            if not is_part_name(name):
                raise ValueError(name)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o600
            archive.addfile(entry, io.BytesIO(data))
    return lzma.compress(whole.getvalue(), preset=_PRESET)


def room_for(parts: Mapping[str, bytes], groups: Sequence[str]) -> int:
    """How many groups of parts, the first ones, must stay out of a file so that `unpack` takes it.

    Args:
        parts: by name.
        groups: how the names of each group begin.

    Raises:
        BadBundle: it would not be taken without any of them.
    """
    for name, data in parts.items():
        if len(data) > LARGEST_PART:
            raise BadBundle(f"{name} has more than the {LARGEST_PART:,} bytes that a part may have")
    weights = [
        [_BLOCK + -len(data) % _BLOCK + len(data) for name, data in parts.items() if name.startswith(one)]
        for one in groups
    ]
    # A signature comes on top, and what fills up tar's last record.
    size = 2 * _RECORD + sum(_BLOCK + -len(data) % _BLOCK + len(data) for data in parts.values())
    number = len(parts) + 1
    for out, weight in enumerate(weights):
        if size <= LARGEST_WHOLE and number <= MOST_PARTS:
            return out
        size, number = size - sum(weight), number - len(weight)
    if size <= LARGEST_WHOLE and number <= MOST_PARTS:
        return len(weights)
    raise BadBundle(f"it has more than the {LARGEST_WHOLE:,} bytes or {MOST_PARTS:,} parts that one may have")


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts of a file, by name; each is weighed before it is unpacked.

    Raises:
        BadBundle: it is something else, damaged, or larger than any bundle.
    """
    stream = _Stream(data)
    parts: dict[str, bytes] = {}
    while (header := stream.take(_BLOCK)) != bytes(_BLOCK):
        if len(header) < _BLOCK:
            raise BadBundle("is cut off")
        name, size = _entry(header)
        if name in parts:
            raise BadBundle(f"has two parts called {name}")
        if len(parts) == MOST_PARTS:
            raise BadBundle(f"has more than {MOST_PARTS} parts")
        if size > LARGEST_PART:
            raise BadBundle(f"has a part of more than {LARGEST_PART:,} bytes, {name}")
        parts[name] = stream.take(size)
        if len(parts[name]) < size or len(stream.take(-size % _BLOCK)) < -size % _BLOCK:
            raise BadBundle(f"is cut off within {name}")
    stream.end()
    return parts


def _entry(header: bytes) -> tuple[str, int]:
    """Name and size of an ordinary file; all else that tar knows (links, devices, extensions) is refused."""
    try:
        entry = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError, ValueError):
        raise BadBundle("is no evidence bundle, or a damaged one") from None
    if not is_part_name(entry.name):
        raise BadBundle(f"has a part with an impossible name, {entry.name[:_LONGEST_NAME]!a}")
    if entry.type != tarfile.REGTYPE or entry.size < 0:
        raise BadBundle(f"has a part that is no file, {entry.name}")
    return entry.name, entry.size


class _Stream:
    """What a file holds, piece by piece: one complete stream, within the limits whatever it says."""

    def __init__(self, data: bytes) -> None:
        self._unpacking = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MEMORY)
        self._given = data
        self._ahead = bytearray()
        self._total = 0

    def take(self, size: int) -> bytes:
        """So many octets; fewer at the end."""
        while len(self._ahead) < size and not self._unpacking.eof:
            self._unpack()
        piece = bytes(self._ahead[:size])
        del self._ahead[:size]
        return piece

    def end(self) -> None:
        """Nothing follows but what fills up tar's last record."""
        if len(self.take(_RECORD + 1)) > _RECORD or self._unpacking.unused_data:
            raise BadBundle("goes on behind its end")

    def _unpack(self) -> None:
        try:
            piece = self._unpacking.decompress(self._given, max_length=_CHUNK)
        except lzma.LZMAError:
            said = "is damaged" if self._total else "is no evidence bundle, or a damaged one"
            raise BadBundle(said) from None
        self._given = b""
        self._ahead += piece
        self._total += len(piece)
        if self._total > LARGEST_WHOLE:
            raise BadBundle(f"unpacks to more than {LARGEST_WHOLE:,} bytes")
        if self._unpacking.needs_input and not piece:
            raise BadBundle("is cut off" if self._total else "is no evidence bundle")
