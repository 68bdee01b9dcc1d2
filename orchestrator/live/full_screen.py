"""A terminal taken whole: a screen that is drawn anew, keys without Enter, asides where lines are typed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.live import Live

from orchestrator.errors import L3vpnError
from orchestrator.live.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from rich.console import Console
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class FullScreen:
    """One that is on."""

    out: Console
    _live: Live
    _keys: Keys

    def show(self, text: Text) -> None:
        """Draw it."""
        self._live.update(text, refresh=True)

    def key(self, seconds: float) -> str:
        """The next key; "" if none comes so soon."""
        return self._keys.next(seconds)

    def keys_at_once(self) -> AbstractContextManager[None]:
        """Within the block, which is one of an aside, keys come without Enter again."""
        return self._keys.at_once()

    def aside(self, ask: Callable[[], bool]) -> None:
        """Do something on the terminal as it was before, and wait until that has been read.

        Args:
            ask: asks and answers; whether there is something to be read.
        """
        self._live.stop()
        with self._keys.in_lines():
            try:
                read = ask()
            except L3vpnError as error:
                self.out.print(str(error), style="red", markup=False)
                read = True
            except EOFError:
                read = False
            if read:
                self._pause()
        self._live.start(refresh=True)

    def _pause(self) -> None:
        try:
            self.out.input("Enter goes on ")
        except EOFError:
            return


@contextmanager
def full_screen(out: Console) -> Iterator[FullScreen]:
    """Within the block the terminal is taken; afterwards it is as it was."""
    keys = Keys()
    with Live(console=out, screen=True, auto_refresh=False) as live, keys.at_once():
        yield FullScreen(out, live, keys)
