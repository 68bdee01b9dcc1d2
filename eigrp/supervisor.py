"""Keeps a speaker running: started again when it dies, with growing patience when it dies at once."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

log: Final = logging.getLogger("eigrp")
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_WRONG_CONFIGURATION: Final = 2
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_HEALTHY_SECONDS: Final = 10.0


def supervise(command: Sequence[str], first_pause: float = _FIRST_PAUSE) -> int:
    """Run a command until it ends by itself or by a signal; its exit status.

    SIGTERM, SIGINT and SIGHUP are passed on. It is not started again after an orderly end (0), nor when its
    configuration is wrong (2), for that would not change by itself.
    """
    asked_to_end = threading.Event()
    children: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _: FrameType | None) -> None:
        if number != signal.SIGHUP:
            asked_to_end.set()
        for child in children:
            child.send_signal(number)

    for number in _SIGNALS:
        signal.signal(number, pass_on)
    pause = first_pause
    while True:
        begin = time.monotonic()
        children[:] = [subprocess.Popen(command)]
        status = children[0].wait()
        if asked_to_end.is_set() or status in {0, _WRONG_CONFIGURATION}:
            return status
        pause = first_pause if time.monotonic() - begin > _HEALTHY_SECONDS else pause
        log.error("the speaker died (status %d) and is started again in %g s", status, pause)
        if asked_to_end.wait(pause):
            return status
        pause = min(pause * 2, _LONGEST_PAUSE)
