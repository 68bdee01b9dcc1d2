"""What option C asks of the two providers: their ASBRs, their other interconnects, labels and MTUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.interconnect import Option
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.label_protocols import LDP, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Lab, Provider
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path

_LABEL_STACK: Final = 12  # octets: to the ASBR, to the far PE, and the VPN's (RFC 3032 2.1)


def check_option_c(files: LabFiles, lab: Lab) -> Iterator[Mistake]:
    """Each link with option c, against what is modelled of it."""
    for number, one in enumerate(lab.interconnects):
        if one.option is Option.C:
            for own, _ in one.ends:
                yield from _check_asbr(files, lab, number, own.node)
                yield from _check_provider(files, lab, number, lab.provider_of(own.node))
            yield from _check_mtu(files, lab, number, one)


def _check_asbr(files: LabFiles, lab: Lab, number: int, asbr: str) -> Iterator[Mistake]:
    path: Path = ("interconnects", number, "link")
    for vrf in lab.vrfs_of(asbr):
        what = f"ASBR {asbr} of option c has a site of VPN {vrf.vpn}"
        yield files.intent_document.mistake(
            path, what, "it holds no VPN route: attach the site to another PE"
        )


def _check_provider(files: LabFiles, lab: Lab, number: int, provider: Provider) -> Iterator[Mistake]:
    document, path = files.intent_document, ("interconnects", number, "option")
    if others := [
        files.intent.interconnects[i].link
        for i, other in enumerate(lab.interconnects)
        if i != number and any(own.node in provider.nodes for own, _ in other.ends)
    ]:
        what = f"{provider.name} has option c, and another interconnect at {others[0]}"
        yield document.mistake(path, what, "by which of them a route goes is not modelled: keep one")
    if provider.labels != (LDP,):
        what = f"{provider.name} has option c, and labels: {in_words(provider.labels)}"
        yield document.mistake(path, what, "labelled unicast is made over LDP alone: write labels: ldp")
    if lab.ipv6 is not None and (having := [vrf for vrf in lab.ipv6.vrfs if vrf.pe in provider.nodes]):
        what = f"{provider.name} has option c, and VPN {having[0].vpn} has IPv6 prefixes"
        yield document.mistake(path, what, "beside it IPv4 alone is made")


def _check_mtu(files: LabFiles, lab: Lab, number: int, link: Interconnect) -> Iterator[Mistake]:
    """Three labels must fit through both cores and between them."""
    providers = [lab.provider_of(own.node) for own, _ in link.ends]
    inside = {node for one in providers for node in one.nodes}
    kinds = (InterfaceKind.CORE, InterfaceKind.INTERCONNECT)
    room = min(one.mtu for node in inside for one in lab.interfaces_of(node, *kinds))
    largest = max(
        (end for node in inside for _, one in lab.attachments_of(node) for end in (one.pe_mtu, one.ce_mtu)),
        default=0,
    )
    if largest + _LABEL_STACK > room:
        what = f"option c, an MTU of {largest} at a site, and {room} on a link of the core"
        right = (
            f"three labels add {_LABEL_STACK} (RFC 3032): give core links at least {largest + _LABEL_STACK}"
        )
        yield files.intent_document.mistake(("interconnects", number, "option"), what, right)
