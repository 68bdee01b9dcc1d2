"""A lab that comes and goes while it is watched."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.lifecycle.running import NotUp
from orchestrator.live.looking import Unavailable, advanced, verifications
from orchestrator.live.moment import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.lifecycle.running import LabOnHost


def test_a_lab_that_is_not_up_is_looked_for_again() -> None:
    tried: list[int] = []

    @contextmanager
    def join() -> Iterator[LabOnHost]:
        tried.append(len(tried))
        raise NotUp(f"not up, {len(tried)}")
        yield

    looks = verifications(join, "two-vpns")
    assert [next(looks), next(looks)] == [Unavailable("not up, 1"), Unavailable("not up, 2")]
    looks.close()
    assert tried == [0, 1]


def test_the_moment_says_why() -> None:
    moment = advanced(Moment(), Unavailable("not up"))
    assert (moment.trouble, moment.report) == ("not up", None)
