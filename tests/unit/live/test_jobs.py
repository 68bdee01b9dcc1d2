"""What the server's threads want of the one that has the sessions."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, cast

import pytest

from orchestrator.errors import UsageError
from orchestrator.live.jobs import Jobs, NotNow
from orchestrator.live.looking import Unavailable, VerifiedLab

if TYPE_CHECKING:
    from collections.abc import Iterator

THERE = cast("VerifiedLab", object())


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as made:
        yield made


def refuse(_: VerifiedLab) -> str:
    raise UsageError("no such site")


def test_it_is_done_in_the_thread_that_has_the_sessions(pool: ThreadPoolExecutor) -> None:
    jobs, seen = Jobs(), []

    def job(there: VerifiedLab) -> str:
        seen.append((there, threading.current_thread()))
        return "done"

    asked, refused = pool.submit(jobs.ask, job), pool.submit(jobs.ask, refuse)
    before = time.monotonic()
    while not (asked.done() and refused.done()):
        jobs.work(THERE, 5.0)
    assert time.monotonic() - before < 5.0, "the next look follows at once"
    assert asked.result() == "done"
    assert seen == [(THERE, threading.current_thread())]
    with pytest.raises(UsageError, match="no such site"):
        refused.result()


def test_nothing_is_done_while_the_lab_is_gone(pool: ThreadPoolExecutor) -> None:
    jobs = Jobs()
    asked = pool.submit(jobs.ask, lambda _: "done")
    jobs.work(Unavailable("the lab is not up"), 5.0)
    with pytest.raises(NotNow, match="the lab is not up"):
        asked.result()


def test_who_interrupts_is_not_kept_by_who_waits(pool: ThreadPoolExecutor) -> None:
    jobs = Jobs()

    def struck(_: VerifiedLab) -> str:
        raise KeyboardInterrupt

    asked = pool.submit(jobs.ask, struck)
    with pytest.raises(KeyboardInterrupt):
        jobs.work(THERE, 5.0)
    late = pool.submit(jobs.ask, lambda _: "done")
    jobs.close()
    for one in (asked, late, pool.submit(jobs.ask, lambda _: "done")):
        with pytest.raises(NotNow):
            one.result(5)
