"""Where the customers' sites and the cabling contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.model.derive import backdoor_links, homes, pe_links
from orchestrator.model.derive_interconnects import link_at
from orchestrator.model.grouping import hanging_together
from orchestrator.model.mistakes import nearest
from orchestrator.model.topology import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import PlacedAttachment
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path
    from orchestrator.model.pece_intent import SiteProtocol
    from orchestrator.model.topology import Link

_ENDS: Final = 2
_WHY: Final = {Role.CE: "a site is behind a CE", Role.PE: "only a PE has VRFs for customers"}


def check_sites(files: LabFiles, protocols: Iterable[SiteProtocol]) -> Iterator[Mistake]:
    """Each attachment means one link from its CE to a PE, each CE is in a site, VRFs can be distinguished."""
    protocols = tuple(protocols)
    cabling = list(_check_cabling(files))
    yield from cabling
    yield from _check_idle_ces(files)
    yield from _check_backdoors(files, [one.name for one in protocols if one.intent.over_backdoors])
    if not cabling:
        yield from _check_vrfs(files)
        yield from _check_distinguishers(files)
        yield from _check_several_providers(files)
        for protocol in protocols:
            yield from protocol.check_files(files)


def _check_cabling(files: LabFiles) -> Iterator[Mistake]:
    used: dict[Link, PlacedAttachment] = {}
    for one in files.intent.attachments():
        if faults := list(_check_names(files, one)) or list(_check_link(files, one)):
            yield from faults
            continue
        (link,) = pe_links(files.topology, one.intent)
        first = used.setdefault(link, one)
        # That a CE is in two sites is reported elsewhere.
        if first is not one and first.site == one.site:
            what = f"site {one.site} is attached twice by one link, {link}"
            yield files.intent_document.mistake(one.path, what, "an attachment has a link of its own")


def _check_names(files: LabFiles, one: PlacedAttachment) -> Iterator[Mistake]:
    """CE and PE are nodes, and are what they are called."""
    document, roles = files.intent_document, files.topology.roles
    wanted = {"ce": (one.intent.ce, Role.CE)}
    if one.intent.pe is not None:
        wanted["pe"] = (one.intent.pe.partition(":")[0], Role.PE)
    for key, (node, role) in wanted.items():
        path = (*one.path, key)
        if node not in roles:
            right = nearest(node, [name for name, actual in roles.items() if actual is role])
            yield document.mistake(path, f"site {one.site}: unknown {role.upper()} '{node}'", right)
        elif (actual := roles[node]) is not role:
            what = f"site {one.site}: {node} is {actual.with_article}, not {role.with_article}"
            yield document.mistake(path, what, _WHY[role])


def _check_link(files: LabFiles, one: PlacedAttachment) -> Iterator[Mistake]:
    """The CE is cabled to one PE, or the site says which of them is meant."""
    document, topology_file = files.intent_document, files.topology.file.name
    ce, pe = one.intent.ce, one.intent.pe
    links = pe_links(files.topology, one.intent)
    if len(links) > 1:
        pes = dict.fromkeys(link.far_end(ce).node for link in links)
        choices = ", ".join(pes) if len(pes) == len(links) else _pe_ends(links, ce)
        what = f"site {one.site} does not say to which of {_pe_ends(links, ce)} its CE {ce} is attached"
        yield document.mistake(one.path, what, f"add pe: one of {choices}")
    elif not links and pe is None:
        what = f"site {one.site}: CE {ce} is cabled to no PE"
        yield document.mistake(one.path, what, f"add a link from {ce} to a PE to {topology_file}")
    elif not links:
        others = _pe_ends(pe_links(files.topology, one.intent.model_copy(update={"pe": None})), ce)
        right = f"it is cabled to {others}" if others else f"add that link to {topology_file}"
        yield document.mistake((*one.path, "pe"), f"site {one.site}: CE {ce} is not cabled to {pe}", right)


def _pe_ends(links: Sequence[Link], ce: str) -> str:
    return ", ".join(str(link.far_end(ce)) for link in links)


def _check_idle_ces(files: LabFiles) -> Iterator[Mistake]:
    if not files.intent.vpns:
        return
    attached = {one.intent.ce for one in files.intent.attachments()}
    for node in files.topology.nodes:
        if node.role is Role.CE and node.name not in attached:
            path = ("topology", "nodes", node.name)
            right = f"add a site for it to {files.intent_document.file.name}, or remove it"
            yield files.topology_document.mistake(path, f"CE {node.name} is in no site", right)


def _check_backdoors(files: LabFiles, protocols: Collection[str]) -> Iterator[Mistake]:
    """Each backdoor joins two sites of its VPN that speak one protocol, by a link that is there."""
    document, roles = files.intent_document, files.topology.roles
    sites = {one.intent.ce: one for one in files.intent.attachments()}
    known: set[Link] = set()
    for vpn, intent in files.intent.vpns.items():
        here = [ce for ce, one in sites.items() if one.vpn == vpn]
        for number, backdoor in enumerate(intent.backdoors):
            path: Path = ("vpns", vpn, "backdoors", number, "between")
            strangers = [ce for ce in backdoor.between if ce not in here]
            words = " and ".join(backdoor.between)
            if strangers:
                what = f"VPN {vpn} has no site with CE '{strangers[0]}'"
                yield document.mistake(path, what, nearest(strangers[0], here))
                continue
            if len({sites[ce].site for ce in backdoor.between}) != _ENDS or len(backdoor.between) != _ENDS:
                what = f"a backdoor of VPN {vpn} is between {words or 'nobody'}"
                yield document.mistake(path, what, "name the CEs of two sites, like [ce1, ce2]")
                continue
            if spare := [ce for ce in backdoor.between if _is_backup(files, ce)]:
                what = f"CE {spare[0]} has a backdoor and a backup attachment, which contradict each other"
                yield document.mistake(
                    path, what, "local preference makes the backdoor the last: leave out backup"
                )
            spoken = {sites[ce].intent.protocol for ce in backdoor.between}
            if len(spoken) != 1 or not spoken <= set(protocols):
                what = f"the backdoor between {words} joins sites that speak {' and '.join(sorted(spoken))}"
                yield document.mistake(path, what, f"both must speak {', or both '.join(protocols)}")
            links = backdoor_links(files.topology, backdoor)
            known.update(links)
            if len(links) != 1:
                what = f"{len(links)} links join {words}, the ends of a backdoor"
                yield document.mistake(path, what, f"cable them once in {files.topology.file.name}")
    for link in files.topology.links:
        if {roles[link.a.node], roles[link.b.node]} == {Role.CE} and link not in known:
            what = f"CEs {link.a.node} and {link.b.node} are cabled to each other"
            right = f"a VPN says so: add backdoors: [{{between: [{link.a.node}, {link.b.node}]}}]"
            yield files.topology_document.mistake(("topology", "links", link.number), what, right)


def _is_backup(files: LabFiles, ce: str) -> bool:
    own = (one.intent for one in files.intent.attachments() if one.intent.ce == ce)
    return any(one.used_last for one in own)


def pe_of(files: LabFiles, one: PlacedAttachment) -> str:
    """The PE of an attachment that means one link."""
    (link,) = pe_links(files.topology, one.intent)
    return link.far_end(one.intent.ce).node


def _check_vrfs(files: LabFiles) -> Iterator[Mistake]:
    """VRF names on a PE against each other and against its interfaces."""
    document = files.intent_document
    names = {(end.node, end.interface) for link in files.topology.links for end in link}
    owners: dict[tuple[str, str], str] = {}
    for one in files.intent.attachments():
        pe, vrf = pe_of(files, one), one.intent.vrf or one.vpn
        path: Path = ("vpns", one.vpn) if one.intent.vrf is None else (*one.path, "vrf")
        if (owner := owners.setdefault((pe, vrf), one.vpn)) != one.vpn:
            what = f"VPNs {owner} and {one.vpn} both have a VRF '{vrf}' on {pe}"
            yield document.mistake(path, what, "a VRF belongs to one VPN: name another with vrf:")
        if (pe, vrf) in names:
            what = f"VRF '{vrf}' on {pe} has the name of its interface {pe}:{vrf}"
            yield document.mistake(path, what, "rename one")


def _check_distinguishers(files: LabFiles) -> Iterator[Mistake]:
    """An RD is given for PEs that the VPN is at."""
    pes: dict[str, list[str]] = {vpn: [] for vpn in files.intent.vpns}
    for one in files.intent.attachments():
        pes[one.vpn].append(pe_of(files, one))
    for vpn, intent in files.intent.vpns.items():
        for pe in intent.rd:
            if pe not in pes[vpn]:
                what = f"VPN {vpn} has an rd for '{pe}' but no site there"
                right = nearest(pe, dict.fromkeys(pes[vpn]))
                yield files.intent_document.mistake(("vpns", vpn, "rd", pe), what, right)


def _check_several_providers(files: LabFiles) -> Iterator[Mistake]:
    """A VPN at several providers hangs together: by interconnects, or by sites that are transit."""
    home = homes(files.topology, files.intent)
    for vpn in files.intent.vpns:
        by_ce: dict[str, list[PlacedAttachment]] = {}
        for one in files.intent.attachments():
            if one.vpn == vpn and pe_of(files, one) in home:
                by_ce.setdefault(one.intent.ce, []).append(one)
        joined = list(_joined_for(files, vpn, home))
        sited: set[str] = set()
        for mine in by_ce.values():
            at = dict.fromkeys(home[pe_of(files, one)] for one in mine)
            sited.update(at)
            if len(at) > 1:
                yield from _check_igp_at_several(files, mine, " and ".join(at))
            transit = all(one.intent.joins_providers for one in mine)
            joined += [set(at)] if transit else [{one} for one in at]
        # A provider without a site of the VPN may be between others, or have an interconnect for nothing.
        parts = [part & sited for part in hanging_together(joined) if part & sited]
        if len(parts) > 1:
            here, there = (" and ".join(sorted(part)) for part in parts[:2])
            what = f"VPN {vpn} falls apart: no interconnect and no transit site joins {here} with {there}"
            right = "name it in interconnects, or attach a site to both providers and give it transit: true"
            yield files.intent_document.mistake(("vpns", vpn), what, right)


def _joined_for(files: LabFiles, vpn: str, home: Mapping[str, str]) -> Iterator[set[str]]:
    """The providers that interconnects join for a VPN."""
    for one in files.intent.interconnects:
        link = link_at(files.topology, one.link)
        if vpn in one.vpns and link is not None:
            yield {home[end.node] for end in link if end.node in home}


def _check_igp_at_several(
    files: LabFiles, attachments: Sequence[PlacedAttachment], providers: str
) -> Iterator[Mistake]:
    """A PE knows what came from its own provider (in OSPF by a tag of its AS number), not from another."""
    for one in attachments:
        if not one.intent.at_several_providers:
            what = f"site {one.site} speaks {one.intent.protocol.upper()} with providers {providers}"
            right = "each would take the other's routes for the site's: attach it to one, or speak bgp"
            yield files.intent_document.mistake(one.path, what, right)
