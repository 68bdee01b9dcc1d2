"""Whether neighbours on a PE-CE link would receive hellos in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.timers import too_short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.lab import Attachment, Lab
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path
    from orchestrator.model.pece import PeCe
    from orchestrator.model.timer_values import Timers


def check_timers(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """What a site gives, or leaves to the provider's timers, at the PE and at a CE that differs.

    bgpd lowers a keepalive interval above a third of the hold time by itself; with the other protocols the
    adjacency would come and go. Where both ends must have the same (OSPF) the CE's are not looked at: other
    ones make no adjacency.
    """
    for site in lab.sites:
        for number, one in enumerate(site.attachments):
            path: Path = ("vpns", site.vpn, "sites", site.name, "attachments", number)
            usual = lab.provider_of(one.pe.node).timers
            yield from _check(files, path, f"site {site.name}", one.protocol, usual)
            if _has_its_own(one) and not one.protocol.intervals_must_agree:
                at_ce: Path = (*path, "at-ce")
                yield from _check(files, at_ce, f"site {site.name} at the CE", one.protocol_at_ce, usual)


def _has_its_own(attachment: Attachment) -> bool:
    return attachment.protocol_at_ce != attachment.protocol


def _check(files: LabFiles, path: Path, where: str, spoken: PeCe, usual: Timers) -> Iterator[Mistake]:
    if (keys := spoken.interval_keys) is None:
        return
    fault = too_short(spoken.title, *spoken.intervals(usual), spoken.hellos_in_hold)
    if fault is not None:
        what, right = fault
        given = [key for key in keys if getattr(spoken, key) is not None]
        yield files.intent_document.mistake((*path, *given[-1:]), f"{where}: {what}", right)
