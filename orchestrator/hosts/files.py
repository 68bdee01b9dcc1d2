"""Folders and files that only their owner reads, and files that are whole or not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def private_folder(path: Path) -> Path:
    """The folder, made if need be, open to its owner alone."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def write_whole(path: Path, text: str, mode: int = 0o666) -> None:
    """Put the text there whole or not at all: a full disk leaves no half of it, and the error says where."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        number = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        half.replace(path)
    except BaseException as error:
        half.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise
