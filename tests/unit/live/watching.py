"""`watch` of a recording instead of a running lab, in the terminal where this runs."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from orchestrator.commands.watch import _show
from orchestrator.live.looking import Unavailable, VerifiedLab
from orchestrator.settings import Settings
from orchestrator.terminal import console
from tests.unit.live.fake import look

if TYPE_CHECKING:
    from collections.abc import Iterator


def looks() -> Iterator[VerifiedLab | Unavailable]:
    """A healthy lab, then one that is broken for ever."""
    running: Any = SimpleNamespace(settings=Settings.here())
    for broken in (False, *(True for _ in range(10_000))):
        case, report = look(broken=broken)
        nodes: Any = case.network
        yield VerifiedLab(running, case.lab, (), nodes, report)


if __name__ == "__main__":
    sys.exit(_show(console(), look()[0].lab, looks()))
