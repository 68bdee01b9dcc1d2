"""Whether neighbours on a PE-CE link would hear of each other in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.pece import Bgp, Eigrp, Ospf
from orchestrator.model.timers import too_short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.lab import Attachment, Lab, Timers
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.pece import PeCe
    from orchestrator.model.places import Path

# The keys of the two intervals, the one that gives the neighbour up last.
_KEYS: Final[dict[type[PeCe], tuple[str, str]]] = {
    Bgp: ("keepalive", "hold"),
    Eigrp: ("hello", "hold"),
    Ospf: ("hello", "dead"),
}


def check_timers(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """What a site gives, or leaves to the provider's timers, at the PE and at a CE that has it otherwise.

    bgpd lowers a keepalive interval above a third of the hold time by itself; with the other protocols the
    adjacency would come and go. Of OSPF the CE's intervals are not looked at: other ones make no adjacency.
    """
    for site in lab.sites:
        for number, one in enumerate(site.attachments):
            path: Path = ("vpns", site.vpn, "sites", site.name, "attachments", number)
            usual = lab.provider_of(one.pe.node).timers
            yield from _check(files, path, f"site {site.name}", one.protocol, usual)
            if _has_its_own(one) and not isinstance(one.protocol, Ospf):
                at_ce: Path = (*path, "at-ce")
                yield from _check(files, at_ce, f"site {site.name} at the CE", one.protocol_at_ce, usual)


def _has_its_own(attachment: Attachment) -> bool:
    return attachment.protocol_at_ce != attachment.protocol


def _check(files: LabFiles, path: Path, where: str, spoken: PeCe, usual: Timers) -> Iterator[Mistake]:
    if not isinstance(spoken, (Bgp, Eigrp, Ospf)):
        return
    protocol, keys = type(spoken).__name__, _KEYS[type(spoken)]
    fault = too_short("OSPF" if protocol == "Ospf" else protocol.upper(), *spoken.intervals(usual))
    if fault is not None:
        what, right = fault
        given = [key for key in keys if getattr(spoken, key) is not None]
        yield files.intent_document.mistake((*path, *given[-1:]), f"{where}: {what}", right)
