"""`watch` of a recording instead of a running lab, in the terminal where this runs."""

from __future__ import annotations

import re
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from orchestrator.commands.watch import _show
from orchestrator.live.looking import Unavailable, VerifiedLab
from orchestrator.settings import Settings
from orchestrator.terminal import console
from tests.unit.live.fake import look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self


class Packets:
    """A program on a node that prints one packet after the other until its input ends."""

    def __init__(self, command: str) -> None:
        (self._words,) = re.findall("tcpdump .*", command)
        self._found = "eth9" not in command
        self._number = 0
        self._left = [b"the last packet\n"]
        self._ending = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end_input()

    def read(self, within: float) -> bytes:
        if not self._found:
            return b""
        if self._ending:
            return self._left.pop() if self._left else b""
        self._number += 1
        if self._number % 2:
            time.sleep(within)
            raise TimeoutError
        return f"packet {self._number // 2} of {self._words}\n".encode()

    def end_input(self) -> None:
        self._ending = True

    def last_words(self) -> tuple[int, str]:
        if self._found:
            return 0, "listening on eth1\n7 packets captured\n0 packets dropped\n"
        return 1, "tcpdump: eth9: No such device exists\n"


class Nodes:
    """The nodes of a recording, on which programs run, too."""

    def __init__(self, recorded: object) -> None:
        self._recorded = recorded

    def __getattr__(self, name: str) -> object:
        return getattr(self._recorded, name)

    def open_program(self, node: str, command: str) -> Packets:
        assert node == "pe1"
        return Packets(command)


def looks() -> Iterator[VerifiedLab | Unavailable]:
    """A healthy lab, then one that is broken for ever."""
    running: Any = SimpleNamespace(settings=Settings.here(), node=lambda name: name)
    for broken in (False, *(True for _ in range(10_000))):
        case, report = look(broken=broken)
        nodes: Any = Nodes(case.network)
        yield VerifiedLab(running, case.lab, (), nodes, report)


if __name__ == "__main__":
    sys.exit(_show(console(), look()[0].lab, looks()))
