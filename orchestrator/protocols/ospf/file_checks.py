"""Where sham links and what they join contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.derive import homes, ospf_areas
from orchestrator.model.mistakes import nearest
from orchestrator.model.topology import Role
from orchestrator.protocols.ospf.area_file_checks import check_areas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import ShamLinkIntent
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path

_ENDS: Final = 2


def check_files(files: LabFiles) -> Iterator[Mistake]:
    """Each sham link joins VRFs of two PEs that speak OSPF in one area; no two PEs have two of them.

    Every attachment must mean one link, which `check_sites` has found out.
    """
    yield from check_areas(files)
    for vpn, intent in files.intent.vpns.items():
        areas = ospf_areas(files.topology, files.intent, vpn)
        known: set[tuple[str, frozenset[str]]] = set()
        for number, one in enumerate(intent.sham_links):
            path: Path = ("vpns", vpn, "sham-links", number)
            if faults := list(_check_ends(files, path, one)):
                yield from faults
                continue
            vrf = one.vrf or vpn
            yield from _check_vrfs(files, path, one, vrf, areas)
            pair = (vrf, frozenset(one.between))
            if pair in known:
                what = f"a second sham link joins {' and '.join(one.between)} in VRF {vrf}"
                yield files.intent_document.mistake((*path, "between"), what, "one is enough: remove it")
            known.add(pair)


def _check_ends(files: LabFiles, path: Path, one: ShamLinkIntent) -> Iterator[Mistake]:
    document, roles = files.intent_document, files.topology.roles
    at = (*path, "between")
    if len(one.between) != _ENDS or len(set(one.between)) != _ENDS:
        words = " and ".join(one.between) or "nobody"
        what = f"a sham link of VPN {path[1]} is between {words}"
        yield document.mistake(at, what, "name two PEs, like [pe1, pe2]")
        return
    for pe in one.between:
        if pe not in roles:
            right = nearest(pe, [name for name, role in roles.items() if role is Role.PE])
            yield document.mistake(at, f"a sham link of VPN {path[1]}: unknown PE '{pe}'", right)
        elif (role := roles[pe]) is not Role.PE:
            what = f"a sham link of VPN {path[1]}: {pe} is {role.with_article}, not a PE"
            yield document.mistake(at, what, "a sham link is between PEs; a link between CEs is a backdoor")
    home = homes(files.topology, files.intent)
    if len({home[pe] for pe in one.between if pe in home}) > 1:
        what = f"a sham link joins {' and '.join(one.between)}, which are of two providers"
        yield document.mistake(
            at, what, "its ends learn each other's addresses by VPNv4 routes of one provider"
        )


def _check_vrfs(
    files: LabFiles,
    path: Path,
    one: ShamLinkIntent,
    vrf: str,
    areas: Mapping[tuple[str, str], frozenset[int]],
) -> Iterator[Mistake]:
    document, at = files.intent_document, (*path, "between")
    words = " and ".join(one.between)
    for pe in one.between:
        if (pe, vrf) not in areas:
            what = f"a sham link joins {words}, and {pe} has no VRF '{vrf}' of VPN {path[1]}"
            here = list(dict.fromkeys(name for node, name in areas if node == pe))
            right = f"name another with vrf: one of {', '.join(here)}" if here else "attach a site there"
            yield document.mistake((*path, "vrf") if one.vrf else at, what, right)
        elif not areas[pe, vrf]:
            what = f"a sham link joins {words}, and no site at VRF {vrf} of {pe} speaks OSPF"
            yield document.mistake(at, what, "both ends need a site with protocol: ospf")
    found = [areas.get((pe, vrf), frozenset()) for pe in one.between]
    if all(found) and (found[0] != found[1] or len(found[0]) > 1):
        each = ", ".join(
            f"{pe} area {' and '.join(map(str, sorted(own)))}"
            for pe, own in zip(one.between, found, strict=True)
        )
        what = f"a sham link is within one area, and VRF {vrf} has at {each}"
        yield document.mistake(at, what, "give the sites at both ends the same area")
