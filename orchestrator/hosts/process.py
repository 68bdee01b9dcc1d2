"""A process that is still the same one: a pid alone is used again after a while, and after a reboot."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_GONE = frozenset("ZX")


@dataclass(frozen=True, slots=True)
class ProcessId:
    """One process in the life of one kernel.

    Attributes:
        pid: its number.
        started: when it started, in clock ticks after boot (proc(5), stat field 22).
        boot: the kernel's random name for this boot.
    """

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> ProcessId:
        """The process that has this number now.

        Raises:
            ProcessLookupError: none has.
        """
        stat = _stat(pid)
        if stat is None:
            raise ProcessLookupError(pid)
        return cls(pid, stat.started, boot_id())

    @property
    def this_boot(self) -> bool:
        """Whether it belongs to the running kernel, alive or dead."""
        return self.boot == boot_id()

    @property
    def alive(self) -> bool:
        """Whether it still runs; a zombie does not."""
        if not self.this_boot:
            return False
        stat = _stat(self.pid)
        return stat is not None and stat.started == self.started and stat.state not in _GONE

    def open(self) -> int | None:
        """A pidfd that becomes readable when it ends; None if it has ended. The caller closes it."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return None
        # Looked at after the handle was made: what the handle names can no longer change.
        if self.alive:
            return handle
        os.close(handle)
        return None

    def kill(self) -> None:
        """Kill it and wait until it has ended; nothing to do if it has."""
        handle = self.open()
        if handle is None:
            return
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select([handle], [], [])
        finally:
            os.close(handle)
        self.reap()

    def ended_within(self, seconds: float) -> bool:
        """Wait for its end; whether it came."""
        handle = self.open()
        if handle is None:
            return True
        try:
            return bool(select.select([handle], [], [], seconds)[0])
        finally:
            os.close(handle)

    def reap(self) -> None:
        """Take the exit status, if it was a child of ours, so that no zombie stays."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)

    def children(self) -> tuple[ProcessId, ...]:
        """Its direct children."""
        found = []
        for entry in _PROC.iterdir():
            if not entry.name.isdigit():
                continue
            stat = _stat(int(entry.name))
            if stat is not None and stat.parent == self.pid:
                found.append(ProcessId(int(entry.name), stat.started, self.boot))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Stat:
    state: str
    parent: int
    started: int


def boot_id() -> str:
    """The kernel's random name for this boot."""
    return (_PROC / "sys/kernel/random/boot_id").read_text().strip()


def _stat(pid: int) -> _Stat | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name, in brackets, may itself hold brackets and blanks.
    fields = text[text.rindex(")") + 2 :].split()
    return _Stat(state=fields[0], parent=int(fields[1]), started=int(fields[19]))
