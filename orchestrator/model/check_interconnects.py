"""Where links between two providers contradict the cabling, the providers or the VPNs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.derive import homes
from orchestrator.model.derive_interconnects import joins_providers, link_at
from orchestrator.model.interconnect import Option
from orchestrator.model.mistakes import nearest
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import InterconnectIntent
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
    for number, link in enumerate(files.topology.links):
        if link in joining and link not in named:
            a, b = (home[end.node] for end in link)
            what = f"link {link} joins providers {a} and {b}, and nothing says what crosses it"
            right = f"add it to interconnects in {files.intent_document.file.name}, or remove it"
            yield files.topology_document.mistake(("topology", "links", number), what, right)


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
