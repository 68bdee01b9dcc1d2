"""Keys of a terminal, one at a time, without Enter."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Keys:
    """Where somebody types; nothing comes where that is no terminal."""

    def __init__(self) -> None:
        self._file = sys.stdin.fileno() if sys.stdin.isatty() else -1
        self._before = termios.tcgetattr(self._file) if self._file >= 0 else None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Within the block keys come at once and are not shown; Ctrl-C is what it was."""
        try:
            if self._before is not None:
                tty.setcbreak(self._file)
            yield
        finally:
            self._back()

    @contextmanager
    def in_lines(self) -> Iterator[None]:
        """Within the block lines are typed as ever."""
        self._back()
        yield
        if self._before is not None:
            tty.setcbreak(self._file)

    def _back(self) -> None:
        if self._before is not None:
            termios.tcsetattr(self._file, termios.TCSADRAIN, self._before)

    def next(self, seconds: float) -> str:
        """The next key; "" if none comes so soon."""
        if self._before is None:
            select.select([], [], [], seconds)
            return ""
        ready, _, _ = select.select([self._file], [], [], seconds)
        if not ready:
            return ""
        return os.read(self._file, 1).decode(errors="replace")
