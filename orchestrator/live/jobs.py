"""What others want of the thread that has the sessions: sessions are not for several threads at once."""

from __future__ import annotations

import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.errors import ExitCode, L3vpnError
from orchestrator.live.looking import Unavailable, VerifiedLab

if TYPE_CHECKING:
    from collections.abc import Callable

Job: TypeAlias = "Callable[[VerifiedLab], str]"

_PATIENCE: Final = 90.0  # seconds; a verification of a large broken lab, and what is asked, take as long


class NotNow(L3vpnError):  # noqa: N818 -- says what happened
    """What was asked for cannot be done at the moment."""

    exit_code = ExitCode.NODE


class Jobs:
    """They wait until the verification that runs has ended, and are done before the next one."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[Job, Future[str]]] = SimpleQueue()
        self._closed = False

    def ask(self, job: Job) -> str:
        """Have it done, and wait for what comes of it; for other threads.

        Raises:
            NotNow: the lab is not there, or it takes too long.
            L3vpnError: the job's own.
        """
        answer: Future[str] = Future()
        self._waiting.put((job, answer))
        if self._closed:
            self.close()
        try:
            return answer.result(_PATIENCE)
        except TimeoutError:
            answer.cancel()
            raise NotNow("the lab is still being looked at: try again") from None

    def work(self, there: VerifiedLab | Unavailable, seconds: float) -> None:
        """Do what is asked for so long; after one job the lab is looked at again at once."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                job, answer = self._waiting.get(timeout=left)
            except Empty:
                return
            if answer.set_running_or_notify_cancel():
                _do(job, answer, there)
                until = min(until, time.monotonic() + 0.05)  # what else waits already

    def close(self) -> None:
        """Nothing is done any more."""
        self._closed = True
        with suppress(Empty):
            while True:
                _, answer = self._waiting.get_nowait()
                with suppress(InvalidStateError):
                    answer.set_exception(NotNow("the server is ending"))


def _do(job: Job, answer: Future[str], there: VerifiedLab | Unavailable) -> None:
    if isinstance(there, Unavailable):
        answer.set_exception(NotNow(there.why))
        return
    try:
        answer.set_result(job(there))
    except (L3vpnError, OSError) as error:  # whoever asked is told; the verification goes on
        answer.set_exception(error)
    except BaseException:
        answer.set_exception(NotNow("the server is ending"))
        raise
