"""Bundles in files: written whole or not at all, for their owner alone; what is wrong with one in a line."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from orchestrator.errors import UsageError
from orchestrator.evidence.archive import LARGEST_FILE, BadBundle, pack, room_for, unpack
from orchestrator.evidence.format import MANIFEST, bundle_from_parts, bundle_to_parts, look_parts
from orchestrator.evidence.sign import SIGNATURE, signature, signer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from orchestrator.evidence.bundle import Bundle


def write(bundle: Bundle, file: Path, key: Ed25519PrivateKey | None = None) -> int:
    """Put a bundle there, signed if a key is given; the same one always gives the same bytes.

    Returns:
        How many of its looks, the oldest, are not in it: with them `read` would refuse it as too large.

    Raises:
        BadBundle: it is too large with the last look alone; nothing is written.
    """
    parts = bundle_to_parts(bundle)
    try:
        left_out = room_for(parts, [look_parts(number) for number in range(1, len(bundle.seen))])
    except BadBundle as error:
        raise BadBundle(f"{file}: no bundle is written: {error}") from None
    if left_out:
        parts = bundle_to_parts(replace(bundle, seen=bundle.seen[left_out:]))
    if key is not None:
        parts[SIGNATURE] = signature(parts[MANIFEST], key)
    write_octets(pack(parts), file)
    return left_out


def write_octets(data: bytes, file: Path) -> None:
    """Put what `pack` made there, whole or not at all.

    Raises:
        BadBundle: it is larger than `octets` would read; nothing is written.
    """
    if len(data) > LARGEST_FILE:
        raise BadBundle(f"{file}: no bundle is written: it would be larger than {LARGEST_FILE:,} bytes")
    with _half(file) as (half, opened):
        opened.write(data)
        opened.close()
        half.replace(file)


def packed(bundle: Bundle) -> bytes:
    """A bundle as a part of another file."""
    return pack(bundle_to_parts(bundle))


def look_at_target(file: Path) -> None:
    """Refuse a file that no bundle could be put at when all is done; nothing is there after it.

    Raises:
        UsageError: why.
    """
    try:
        if file.exists() and not file.is_file():
            raise UsageError(f"{file}: is no ordinary file: a bundle takes the place of what is there")
        with _half(file):
            pass
    except OSError as error:
        raise UsageError(f"{file}: no bundle can be written there: {error.strerror}") from None


@contextmanager
def _half(file: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file beside one, which is gone afterwards if it has not taken its place."""
    number, name = tempfile.mkstemp(prefix=".bundle-", dir=file.parent)
    half = Path(name)
    try:
        with os.fdopen(number, "wb") as opened:
            yield half, opened
    finally:
        half.unlink(missing_ok=True)


def read(file: Path) -> Bundle:
    """The bundle in a file.

    Raises:
        BadBundle: there is none; why, in one line that begins with the file.
    """
    try:
        return bundle_of(octets(file))
    except OSError as error:
        raise BadBundle(f"{file}: can't be read: {error.strerror}") from None
    except BadBundle as error:
        raise BadBundle(f"{file}: {error}") from None


def bundle_of(data: bytes) -> Bundle:
    """The bundle that a file has.

    Raises:
        BadBundle: it has none; why.
    """
    parts = unpack(data)
    bundle = bundle_from_parts(parts)
    if SIGNATURE not in parts:
        return bundle
    return replace(bundle, signer=signer(parts[MANIFEST], parts[SIGNATURE]))


def octets(file: Path) -> bytes:
    """A file that is no larger than any bundle.

    Raises:
        OSError: it can't be read.
        BadBundle: it is larger, or no ordinary file.
    """
    about = file.stat()
    if not stat.S_ISREG(about.st_mode):  # opening a pipe waits for a writer, and a device may do anything
        raise BadBundle("is no ordinary file")
    if about.st_size > LARGEST_FILE:
        raise BadBundle(f"is larger than {LARGEST_FILE:,} bytes")
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE)
