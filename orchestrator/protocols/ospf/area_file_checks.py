"""Where types of OSPF areas contradict each other, or what ospfd can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.check_sites import pe_of
from orchestrator.model.lans import EVERYTHING
from orchestrator.protocols.ospf.intent import OspfIntent
from orchestrator.protocols.ospf.values import AreaType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import PlacedAttachment
    from orchestrator.model.mistakes import Mistake


def check_areas(files: LabFiles) -> Iterator[Mistake]:
    """An area is of one type, the backbone a normal one; a stub area has an ABR, and defaults a way in."""
    by_vrf: dict[tuple[str, str], list[tuple[PlacedAttachment, OspfIntent]]] = {}
    for one in files.intent.attachments():
        if isinstance(one.intent, OspfIntent):
            place = pe_of(files, one), one.intent.vrf or one.vpn
            by_vrf.setdefault(place, []).append((one, one.intent))
    for (pe, vrf), there in by_vrf.items():
        for one, intent in there:
            for what, right in _faults(files, one.vpn, intent, [other for _, other in there]):
                where = f"site {one.site}: {what} (VRF {vrf} of {pe})"
                yield files.intent_document.mistake((*one.path, "area-type"), where, right)
                break


def _faults(
    files: LabFiles, vpn: str, intent: OspfIntent, there: list[OspfIntent]
) -> Iterator[tuple[str, str]]:
    """What is wrong with the type of an area, the first the worst, and what would be right."""
    kind, area, own = AreaType(intent.area_type), intent.area, files.intent.vpns[vpn]
    first = next(one for one in there if one.area == area)
    if first.area_type != kind:
        yield f"area {area} is {kind} here and {first.area_type} before", "an area is of one type"
    if kind is AreaType.NORMAL:
        return
    if not area:
        yield f"area 0 cannot be {kind}", "leave area-type out, or give another area"
    if kind.is_stub and all(one.area for one in there):
        what = f"without a site in area 0 ospfd is no ABR and brings no default route into area {area}"
        yield what, "attach a site of area 0 there, or take area-type: nssa"
    sending = there if kind is AreaType.NSSA else [intent]
    if any(one.default_originate for one in sending):
        yield f"no default route that a PE originates gets into a {kind} area", "leave default-originate out"
    if kind is AreaType.NSSA and any(EVERYTHING in one.prefixes for one in own.sites.values()):
        yield f"the VPN has {EVERYTHING}, which ospfd brings into no NSSA", "leave area-type out"
    if any(intent.ce in one.between for one in own.backdoors):
        yield f"a backdoor ends at {intent.ce}, in a {kind} area", "leave area-type out"
