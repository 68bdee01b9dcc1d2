"""Where the thread that verifies leaves the latest moment, for those who show it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.live.moment import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Board:
    """The latest moment. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moment = Moment()
        self._readers: set[Callable[[], None]] = set()
        self._closed = False

    @property
    def moment(self) -> Moment:
        """The latest one."""
        return self._moment

    @property
    def closed(self) -> bool:
        """Whether no further moment will come."""
        return self._closed

    def put(self, moment: Moment) -> None:
        """Show it; readers are told in the caller's thread, and come back for it in theirs."""
        with self._lock:
            self._moment = moment
            readers = tuple(self._readers)
        for one in readers:
            one()

    def close(self) -> None:
        """Let all readers go."""
        self._closed = True
        self.put(self._moment)

    @contextmanager
    def reader(self, told: Callable[[], None]) -> Iterator[None]:
        """Have `told` called on each new moment, from another thread."""
        with self._lock:
            self._readers.add(told)
        try:
            yield
        finally:
            with self._lock:
                self._readers.discard(told)
