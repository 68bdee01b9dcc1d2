"""A lab's files as text; a lab may come from a stranger, so nothing but small files of its own is read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from orchestrator.model.mistakes import LabFileError, Mistake

LARGEST: Final = 1_000_000
"""Bytes of a lab's file; a lab of a thousand nodes has a tenth of it."""

_OPENED: Final = Path("/proc/self/fd")
_KINDS: Final = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_text(file: Path) -> str:
    """The text of one of a lab's files.

    What it is, how large it is and where a link leads are looked at before it is opened for reading: opening
    a named pipe waits for a writer, and opening a device may do anything.

    Raises:
        LabFileError: it is no ordinary file, too large, a link out of the lab's folder, or not UTF-8.
    """
    try:
        octets = _looked_at(file) if hasattr(os, "O_PATH") else _anywhere(file)
    except OSError as error:
        right = "make it a readable file"
        raise LabFileError([Mistake(file, None, f"can't be read: {error.strerror}", right)]) from None
    if len(octets) > LARGEST:  # it grew, or does not say its size
        raise LabFileError([Mistake(file, None, *_too_large("more"))])
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        line = octets[: error.start].count(b"\n") + 1
        raise LabFileError([Mistake(file, line, "not UTF-8 text", "save the file as UTF-8")]) from None


def kept_text(file: Path, text: str) -> str:
    """The text of one of a lab's files that was kept elsewhere.

    Raises:
        LabFileError: it is too large.
    """
    if len(text) > LARGEST:
        raise LabFileError([Mistake(file, None, *_too_large(f"{len(text):,}"))])
    return text


def _looked_at(file: Path) -> bytes:
    looked = os.open(file, os.O_PATH | os.O_CLOEXEC)
    try:
        about, real = os.fstat(looked), (_OPENED / str(looked)).readlink()
        if refusal := _refusal(about, real, file.parent.resolve()):
            raise LabFileError([Mistake(file, None, *refusal)])
        # By the descriptor, so that what is read is what was looked at.
        with open(_OPENED / str(looked), "rb") as opened:  # noqa: PTH123 -- the same in fewer words
            return opened.read(LARGEST + 1)
    finally:
        os.close(looked)


def _anywhere(file: Path) -> bytes:
    """The same where the system is not Linux: by the name, so that nobody may change the folder meanwhile."""
    if refusal := _refusal(file.stat(), file.resolve(), file.parent.resolve()):
        raise LabFileError([Mistake(file, None, *refusal)])
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _refusal(about: os.stat_result, real: Path, folder: Path) -> tuple[str, str] | None:
    """What is wrong with a file that has not been opened yet, and what would be right."""
    kind = stat.S_IFMT(about.st_mode)
    if kind != stat.S_IFREG:
        return f"is {_KINDS.get(kind, 'no file')}", "a lab's files are ordinary files"
    if folder not in real.parents:
        return "is a link out of the lab's folder", "put the file itself there"
    if about.st_size > LARGEST:
        return _too_large(f"{about.st_size:,}")
    return None


def _too_large(size: str) -> tuple[str, str]:
    return f"is too large: {size} bytes", f"a lab's file has at most {LARGEST:,}"
