"""Where sites that speak RIP contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.check_sites import pe_of
from orchestrator.protocols.rip.intent import RipIntent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.mistakes import Mistake


def check_files(files: LabFiles) -> Iterator[Mistake]:
    """One table has one RIP process, with one set of timers; a VRF gives one metric to what it brings in."""
    first: dict[tuple[str, str], str] = {}
    for one in files.intent.attachments():
        if not isinstance(one.intent, RipIntent):
            continue
        pe, vrf = pe_of(files, one), one.intent.vrf or one.vpn
        timers = f"timers {one.intent.update} {one.intent.timeout} {one.intent.garbage}"
        for table, where, own in (
            ((pe, vrf), f"VRF {vrf} on {pe}", f"{timers} and metric {one.intent.metric}"),
            ((one.intent.ce, ""), one.intent.ce, timers),
        ):
            before = first.setdefault(table, own)
            if before != own:
                what = f"RIP in {where} would have two settings: {before}, and {own}"
                yield files.intent_document.mistake(one.path, what, "let them agree: it is one process")
