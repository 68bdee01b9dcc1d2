"""Ctrl-C, SIGTERM and SIGHUP (the terminal was closed): one line and exit code 130, whenever they strike.

While a verb is at work they are a `KeyboardInterrupt`, so that it can clean up. Before and after, modules are
being loaded or torn down, where an exception would be a traceback: there the program leaves at once.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INTERRUPTED: Final = 130
# Windows has no SIGHUP.
_SIGNALS: Final = tuple(
    getattr(signal, one) for one in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, one)
)


def leave_when_struck() -> None:
    """Leave at once; for when nothing has been begun yet."""
    for number in _SIGNALS:
        _handle(number, _leave)


@contextmanager
def raised() -> Iterator[None]:
    """Raise `KeyboardInterrupt` within the block; afterwards all is as before."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        for number in _SIGNALS:
            _handle(number, _raise)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handle(number: signal.Signals, handler: Callable[..., NoReturn]) -> None:
    """Handle a signal, unless whoever started us wants it ignored, as `nohup` does."""
    if signal.getsignal(number) is not signal.SIG_IGN:
        signal.signal(number, handler)


def _raise(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _leave(*_: object) -> NoReturn:
    try:
        os.write(2, b"l3vpn: interrupted\n")
    finally:
        os._exit(INTERRUPTED)
