"""Where links between two providers contradict the cabling, the providers or the VPNs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from orchestrator.model.derive import homes
from orchestrator.model.derive_interconnects import joins_providers, link_at
from orchestrator.model.interconnect import Option, agreed_targets
from orchestrator.model.mistakes import nearest
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import InterconnectIntent
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Lab, Vrf
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path
    from orchestrator.model.topology import Link


def check_interconnects(files: LabFiles) -> Iterator[Mistake]:
    """Each link between two providers has one interconnect, between PEs, for VPNs that there are."""
    home = homes(files.topology, files.intent)
    joining = [link for link in files.topology.links if joins_providers(link, home)]
    named: dict[Link, str] = {}
    for number, one in enumerate(files.intent.interconnects):
        path: Path = ("interconnects", number)
        link = link_at(files.topology, one.link)
        if link not in joining:
            what = f"'{one.link}' is no end of a link between two providers"
            right = nearest(one.link, [str(end) for each in joining for end in each])
            yield files.intent_document.mistake((*path, "link"), what, right)
        elif (first := named.setdefault(link, one.link)) != one.link or _stands_before(files, number):
            what = f"the link at {one.link} has an interconnect already, by '{first}'"
            yield files.intent_document.mistake((*path, "link"), what, "name each link once")
        else:
            yield from _check_ends(files, path, link)
        yield from _check_vpns(files, path, one)
    yield from _check_speakers(files)
    for link in files.topology.links:
        if link in joining and link not in named:
            a, b = (home[end.node] for end in link)
            what = f"link {link} joins providers {a} and {b}, and nothing says what crosses it"
            right = f"add it to interconnects in {files.intent_document.file.name}, or remove it"
            yield files.topology_document.mistake(("topology", "links", link.number), what, right)


def _stands_before(files: LabFiles, number: int) -> bool:
    ends = [one.link for one in files.intent.interconnects]
    return ends[number] in ends[:number]


def _check_ends(files: LabFiles, path: Path, link: Link) -> Iterator[Mistake]:
    for end in link:
        if (role := files.topology.roles[end.node]) is not Role.PE:
            what = f"{end.node}, an end of {link}, is {role.with_article}"
            yield files.intent_document.mistake((*path, "link"), what, "an ASBR is a PE: group: pe")


def _check_vpns(files: LabFiles, path: Path, one: InterconnectIntent) -> Iterator[Mistake]:
    for position, vpn in enumerate(one.vpns):
        if vpn not in files.intent.vpns:
            right = nearest(vpn, files.intent.vpns)
            yield files.intent_document.mistake((*path, "vpns", position), f"unknown VPN '{vpn}'", right)
    if one.option == Option.A and len(one.vpns) != 1:
        what = f"option a at {one.link} for {len(one.vpns)} VPNs"
        right = "back-to-back VRFs need a link for each VPN: name one VPN, and add a link for each other"
        yield files.intent_document.mistake((*path, "vpns"), what, right)


def _check_speakers(files: LabFiles) -> Iterator[Mistake]:
    """What crosses from one AS to another is an AS path: no metric of an IGP and no mark of a site does."""
    crossing = {vpn for one in files.intent.interconnects for vpn in one.vpns}
    for one in files.intent.attachments():
        if one.vpn in crossing and one.intent.bgp_as is None:
            what = f"site {one.site} speaks {one.intent.protocol}, and VPN {one.vpn} has an interconnect"
            right = "its metric would end at the ASBR, which is not modelled: speak bgp"
            yield files.intent_document.mistake(one.path, what, right)
    for vpn in crossing & files.intent.vpns.keys():
        for number, _ in enumerate(files.intent.vpns[vpn].backdoors):
            what = f"VPN {vpn} has a backdoor and an interconnect"
            right = "a site of origin does not cross, so routes may loop, which is not modelled: remove one"
            yield files.intent_document.mistake(("vpns", vpn, "backdoors", number), what, right)


def check_route_targets(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """With options b and c the providers agree on route targets, and PEs that are no ASBRs have the VRFs."""
    for number, one in enumerate(lab.interconnects):
        path: Path = ("interconnects", number)
        if one.option is Option.C:
            for position, vpn in enumerate(one.vpns):
                yield from _check_targets(files, (*path, "vpns", position), lab, one, vpn)
        if one.option is Option.B:
            back_to_back = set(_vpns_back_to_back(lab, _providers(lab, one)))
            yield from _check_only_one(files, path, lab, one)
            for position, vpn in enumerate(one.vpns):
                where = (*path, "vpns", position)
                if vpn in back_to_back:
                    what = f"VPN {vpn} crosses between {_between(lab, one)} with option a and with option b"
                    right = "which of both ways a PE takes is not modelled: keep one"
                    yield files.intent_document.mistake(where, what, right)
                else:
                    yield from _check_vrfs(files, where, lab, one, vpn)


def _check_only_one(files: LabFiles, path: Path, lab: Lab, one: Interconnect) -> Iterator[Mistake]:
    """What option b joins is two providers by one link: neither a choice nor a chain of such links."""
    earlier = itertools.takewhile(lambda other: other is not one, lab.interconnects)
    for other in (other for other in earlier if other.option is Option.B):
        shared = _providers(lab, other) & _providers(lab, one)
        if shared == _providers(lab, one):
            what = f"a second link with option b between {_between(lab, one)}"
            right = "which of several such ways a PE takes is not modelled: keep one"
        elif shared and agreed_targets(lab, other) & agreed_targets(lab, one):
            what = f"{min(shared)} passes VPNv4 routes from {_between(lab, other)} on by a second option b"
            right = "a chain of such links is not modelled: make one of them option a, at another ASBR"
        else:
            continue
        yield files.intent_document.mistake((*path, "link"), what, right)
        return


def _check_vrfs(files: LabFiles, path: Path, lab: Lab, one: Interconnect, vpn: str) -> Iterator[Mistake]:
    yield from _check_targets(files, path, lab, one, vpn)
    for own, _ in one.ends:
        if any(vrf.vpn == vpn for vrf in lab.vrfs_of(own.node)):
            what = f"ASBR {own.node} has a VRF of VPN {vpn}, which crosses there with option b"
            right = "a VRF at such an ASBR is not modelled: attach the site to another PE"
            yield files.intent_document.mistake(path, what, right)


def _check_targets(files: LabFiles, path: Path, lab: Lab, one: Interconnect, vpn: str) -> Iterator[Mistake]:
    """Each provider's VRFs of a VPN import what the other's export."""
    here, there = ([vrf for vrf in lab.vrfs if _at(lab, vrf, own.node, vpn)] for own, _ in one.ends)
    for mine, others, end in ((here, there, one.b), (there, here, one.a)):
        if mine and others and not any(a.imports_from(b) for a in mine for b in others):
            whose = lab.provider_of(end.node).name
            what = f"no VRF of VPN {vpn} imports what {whose}'s export"
            right = f"option {one.option} needs route targets that both have: give {vpn} import and export"
            yield files.intent_document.mistake(path, what, right)


def _vpns_back_to_back(lab: Lab, providers: frozenset[str]) -> Iterator[str]:
    for one in lab.interconnects:
        if one.option is Option.A and _providers(lab, one) == providers:
            yield from one.vpns


def _between(lab: Lab, interconnect: Interconnect) -> str:
    return " and ".join(sorted(_providers(lab, interconnect)))


def _providers(lab: Lab, interconnect: Interconnect) -> frozenset[str]:
    return frozenset(lab.provider_of(own.node).name for own, _ in interconnect.ends)


def _at(lab: Lab, vrf: Vrf, asbr: str, vpn: str) -> bool:
    """Whether a VRF of a VPN is of an ASBR's provider."""
    return vrf.vpn == vpn and lab.provider_of(vrf.pe) == lab.provider_of(asbr)
