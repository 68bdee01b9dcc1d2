"""One process at a time."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.hosts.base import Progress


@contextmanager
def alone(path: Path, waiting_for: str, progress: Progress) -> Iterator[None]:
    """Hold the lock file for the block; the kernel lets go of it however the process ends.

    Args:
        path: the lock file; it stays.
        waiting_for: what the holder is doing, given to `progress` if the lock is not free.
        progress: receives that line.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for {waiting_for}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
