"""A program in a terminal of its own, whose keys a test types."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
FLAGS = termios.ICANON | termios.ECHO


class Window:
    """A terminal in which a program runs, and who sits at it."""

    def __init__(self, ours: int, theirs: int, process: subprocess.Popen[bytes]) -> None:
        self._ours, self._theirs, self.process = ours, theirs, process
        self.said = ""

    def wait(self, words: str) -> str:
        """What it has said up to these words, since the last ones."""
        until = time.monotonic() + PATIENCE
        while words not in self.said:
            assert time.monotonic() < until, f"{words!r} does not come: {self.said[-3000:]!r}"
            self._read(0.2)
        before, _, self.said = self.said.partition(words)
        return before

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], seconds)
        if ready:
            with suppress(OSError):  # all of the other side has gone
                self.said += re.sub(
                    r"\x1b\[[0-9;]*m", "", os.read(self._ours, 65536).decode(errors="replace")
                )
        return bool(ready)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    @property
    def in_lines(self) -> bool:
        """Whether the terminal takes whole lines and shows what is typed, as a shell wants it."""
        return bool(termios.tcgetattr(self._theirs)[3] & FLAGS == FLAGS)

    def ended(self) -> int:
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < until:
            self._read(0.1)
        while self._read(0.1):
            pass
        return self.process.wait(1)


@contextmanager
def window(state: Path, program: str, height: int = 40, width: int = 110) -> Iterator[Window]:
    """A terminal of this size, and a module that runs in it."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    environ = os.environ | {"XDG_STATE_HOME": str(state), "TERM": "xterm-256color"}
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        environ.pop(name, None)
    words = ["setsid", "--ctty", sys.executable, "-m", program]
    process = subprocess.Popen(words, cwd=ROOT, env=environ, stdin=theirs, stdout=theirs, stderr=theirs)
    try:
        yield Window(ours, theirs, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)
