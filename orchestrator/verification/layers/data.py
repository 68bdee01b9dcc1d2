"""Data: probes between all sites that may talk, and proof that those that may not cannot."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from itertools import chain
from typing import TYPE_CHECKING, Final

from orchestrator.model.family import Family
from orchestrator.model.hosts import ce_of
from orchestrator.model.lab import InterfaceKind
from orchestrator.model.lans import EVERYTHING, hosts_of, is_shared
from orchestrator.model.memory import remembered
from orchestrator.model.topology import Role
from orchestrator.verification.kit.check import Check, Judgement
from orchestrator.verification.kit.check_id import CheckId, Layer, Toward
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.probes import Flight, Probe
from orchestrator.verification.kit.wording import hint_command, listed
from orchestrator.verification.layers import anycast, branches, hosts, kernel, link, pece, ttl
from orchestrator.verification.layers.vpn.absence import vrf_table_id
from orchestrator.verification.layers.ways import crossed, foundations

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from orchestrator.model.family import IpAddress, IpNetwork
    from orchestrator.model.lab import Attachment, Interface, Lab, Site
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.verification.kit.facts import Facts
    from orchestrator.verification.layers.ways import Steps

_PROBE, _FULL_SIZE = "probe", "full-size"
BETWEEN_SITES: Final = frozenset({_PROBE, _FULL_SIZE})
"""The kinds of checks that two sites reach each other."""


@dataclass(frozen=True, slots=True, eq=False)
class CeOfSite:
    """A CE of a site, with those of its attachments that stand: each is one object, of `places`."""

    site: Site
    ce: str
    attachments: tuple[Attachment, ...]

    @property
    def attachment(self) -> Attachment:
        """The first one, by which the place is addressed."""
        return self.attachments[0]

    @property
    def pe(self) -> str:
        """The PE of that one."""
        return self.attachment.pe.node


def checks(lab: EffectiveLab) -> Iterator[Check]:
    """Every ordered pair of places, and the isolation of each."""
    everywhere = places(lab)
    pairs = [(here, there) for here in everywhere for there in everywhere if may_talk(lab, here, there)]
    parted = {(here.ce, there.ce): one for here, there in pairs for one in _branches(lab, here, there)}
    yield from parted.values()
    wanted: list[Check] = []
    for here, there in pairs:
        # Which branch a probe and its reply take is luck.
        ways = ((here.ce, there.ce), (there.ce, here.ce))
        luck = tuple(parted[one].id for one in ways if one in parted)
        wanted += (*_between(lab, here, there, luck), *_with_hosts(lab, here, there, luck))
    for here in everywhere:
        sources = (*((one.address.ip, one.prefix) for one in _lans(lab, here)), _access(here))
        wanted += anycast.checks(lab, (here.site, here.ce), sources)
    yield from wanted
    for here, there in pairs:
        yield from _ttl(lab, here, there)
    barred = [check for here in everywhere for one in here.attachments for check in _barred(lab, here, one)]
    yield from barred
    by_table = [probe for check in wanted for probe in check.probes]
    handed_over = [
        *(probe for check in barred for probe in check.probes),
        *_handed_over(everywhere, by_table),
    ]
    talking = {(here.ce, there.ce) for here, there in pairs}
    yield from _isolation(lab, talking, tuple(dict.fromkeys((*by_table, *handed_over))))


@remembered
def places(lab: EffectiveLab) -> tuple[CeOfSite, ...]:
    """The CEs of all sites that packets get to from a PE."""
    found: dict[tuple[str, str], CeOfSite] = {}
    for site in lab.lab.sites:
        for one in site.attachments:
            if lab.attachment_forwards(one):
                before = found.get((site.name, one.ce.node), CeOfSite(site, one.ce.node, ()))
                found[site.name, one.ce.node] = replace(before, attachments=(*before.attachments, one))
    return tuple(found.values())


def may_talk(lab: EffectiveLab, here: CeOfSite, there: CeOfSite) -> bool:
    """Whether two sites have routes to each other."""
    return here.site != there.site and bool(_reached(lab, here, there) and _reached(lab, there, here))


def _has_route_to(lab: EffectiveLab, here: CeOfSite, there: CeOfSite) -> bool:
    """Whether route targets bring one place the other's routes, so that its packets there are no leak."""
    return lab.imports_at(here.attachments, there.attachments)


@remembered
def _reached(lab: EffectiveLab, here: CeOfSite, there: CeOfSite) -> tuple[IpNetwork, ...]:
    """The networks of one place that another has a way to."""
    networks = (*(one.prefix for one in _lans(lab, there)), there.attachment.subnet)
    return tuple(one for one in networks if lab.journey(here.ce, one, there.ce) is not None)


@remembered
def _lans(lab: EffectiveLab, place: CeOfSite) -> tuple[Interface, ...]:
    """The LANs of a place that no other site has as well."""
    return tuple(
        one
        for one in lab.lab.interfaces_of(place.ce, InterfaceKind.LAN)
        if one.prefix in place.site.prefixes
        and lab.carries(one)
        and not is_shared(lab.lab, place.site, one.prefix)
    )


def _between(
    lab: EffectiveLab, here: CeOfSite, there: CeOfSite, luck: tuple[CheckId, ...]
) -> Iterator[Check]:
    """From every prefix here to every prefix there, between the access links, and one full-size packet."""
    out, back = _reached(lab, here, there), _reached(lab, there, here)
    pairs = [
        (source.address.ip, source.prefix, destination.address.ip, destination.prefix)
        for source, destination in _lan_pairs(lab, here, there)
    ]
    ends = here.attachment, there.attachment
    # A default route on one side does not bring the other side's subnet.
    between = ends[1].subnet in out and ends[0].subnet in back
    access = (*_access(here), *_access(there))
    wanted = (*pairs, *((access,) if between else ()))
    for source, from_net, destination, to_net in wanted:
        probe = Probe(here.ce, source, destination, there.ce)
        yield _probe(lab, probe, (from_net, to_net), luck)
    if not wanted:
        return
    source, from_net, destination, to_net = wanted[0]
    size = min(lab.lab.interface(end.ce).mtu for end in ends)
    full = Probe(here.ce, source, destination, there.ce, size)
    yield _probe(lab, full, (from_net, to_net), luck)


def _lan_pairs(lab: EffectiveLab, here: CeOfSite, there: CeOfSite) -> tuple[tuple[Interface, Interface], ...]:
    """Each LAN here with each LAN there, where both have a way to the other."""
    out, back = _reached(lab, here, there), _reached(lab, there, here)
    return tuple(
        (source, destination)
        for source in _lans(lab, here)
        for destination in _lans(lab, there)
        if source.prefix in back and destination.prefix in out
    )


def _with_hosts(
    lab: EffectiveLab, here: CeOfSite, there: CeOfSite, luck: tuple[CheckId, ...]
) -> Iterator[Check]:
    """The same pairs of LANs from host to host, where one of them has a host."""
    for source, destination in _lan_pairs(lab, here, there):
        ends = [hosts.host_in(lab.lab, one) for one in (source, destination)]
        if any(ends):
            a, b = (host or lan for host, lan in zip(ends, (source, destination), strict=True))
            probe = Probe(a.node, a.address.ip, b.address.ip, b.node)
            ways = _ways(lab, here.ce, there.ce, source.prefix, destination.prefix)
            nodes = crossed(lab, ways)
            behind = (one for host in ends if host for one in hosts.sound_ids(lab, host.node))
            yield Check(
                CheckId(Layer.DATA, "host", a.node, (Toward(b.node), source.prefix, destination.prefix)),
                f"{probe.source} reaches {probe.destination} at {b.node}",
                partial(judge_probe, probe=probe),
                after=(*map(kernel.qdiscs_id, nodes), *foundations(lab, ways, nodes), *luck, *behind),
                why="The CEs reach each other, and what is behind them does not: look at the LAN, and at the "
                "host's way out.",
                hint=hint_command(lab.lab, a.node, f"ping -c 3 {probe.destination}"),
                probes=(probe,),
            )


def _access(place: CeOfSite) -> tuple[IpAddress, IpNetwork]:
    """The address of a place on its access link, and that link's subnet."""
    return place.attachment.ce_address.ip, place.attachment.subnet


def _branches(lab: EffectiveLab, here: CeOfSite, there: CeOfSite) -> Iterator[Check]:
    """That no equal-cost branch on the way loses what takes it. Flows are of IPv4: labels serve both."""
    if lab.lab.family is Family.IPV6:
        return
    hosts = tuple(hosts_of(lab.lab, one) for one in _lans(lab, here))
    aims = _aims(lab, here, there)
    if hosts and aims:
        ways = _ways(lab, here.ce, there.ce, hosts[0], aims[0].network)
        after = foundations(lab, ways, crossed(lab, ways))
        yield from branches.check(lab, (here.ce, there.ce), hosts, aims, after)


def _ttl(lab: EffectiveLab, here: CeOfSite, there: CeOfSite) -> Iterator[Check]:
    """What TTL takes a packet there, from LAN to LAN. Of IPv4: labels do not know the difference."""
    if lab.lab.family is Family.IPV4:
        for source, destination in _lan_pairs(lab, here, there)[:1]:
            way = lab.journey(here.ce, destination.prefix, there.ce) or ()
            yield from ttl.check(lab, (here.ce, there.ce), way, (source.address.ip, destination.address.ip))


def _aims(lab: EffectiveLab, here: CeOfSite, there: CeOfSite) -> tuple[branches.Aimed, ...]:
    out = _reached(lab, here, there)
    return tuple(branches.Aimed(one.prefix, one.address.ip) for one in _lans(lab, there) if one.prefix in out)


def _probe(
    lab: EffectiveLab, probe: Probe, nets: tuple[IpNetwork, IpNetwork], luck: tuple[CheckId, ...]
) -> Check:
    from_net, to_net = nets
    here, there = probe.ce, str(probe.target)
    ways = _ways(lab, here, there, *nets)
    nodes = crossed(lab, ways)
    if probe.size:
        check_id = CheckId(Layer.DATA, _FULL_SIZE, here, (Toward(there),))
        title = f"{probe.size} octets with DF set cross to {there}"
        why = (
            "Labels make packets 8 octets longer in the core: where its MTU has no room for them, "
            "full-size packets are dropped while small pings work."
        )
    else:
        check_id = CheckId(Layer.DATA, _PROBE, here, (Toward(there), from_net, to_net))
        title = f"{probe.source} reaches {probe.destination} at {there}"
        why = "All tables are right, yet the packet does not arrive: follow its path hop by hop."
    return Check(
        check_id,
        title,
        partial(judge_probe, probe=probe),
        after=(*map(kernel.qdiscs_id, nodes), *foundations(lab, ways, nodes), *luck),
        why=why,
        hint=hint_command(lab.lab, here, f"ping -c 3 -I {probe.source} {probe.destination}"),
        probes=(probe,),
    )


def _ways(
    lab: EffectiveLab, here: str, there: str, from_net: IpNetwork, to_net: IpNetwork
) -> tuple[Steps, Steps]:
    """Of a request from one CE to another, and of its reply."""
    return lab.journey(here, to_net, there) or (), lab.journey(there, from_net, here) or ()


@remembered
def _addressed(lab: Lab) -> tuple[tuple[Interface, Site | None], ...]:
    """What packets may be sent to: each LAN with its site, each loopback of a core."""
    found: list[tuple[Interface, Site | None]] = []
    for one in lab.interfaces:
        if one.kind is InterfaceKind.LAN and lab.node(one.node).role is Role.CE:
            homes = [site for site, _ in lab.attachments_of(one.node) if one.prefix in site.prefixes]
            found += [(one, home) for home in homes[:1]]
        elif one.kind is InterfaceKind.LOOPBACK and lab.family is Family.IPV4:  # it has no IPv6 to be sent to
            found.append((one, None))
    return tuple(found)


@remembered
def _elsewhere(lab: Lab, prefixes: frozenset[IpNetwork]) -> tuple[tuple[Interface, Site | None], ...]:
    """What packets may be sent to that lies in none of these prefixes, nor around one.

    All lies in a default route. Its site throws away what nobody has, but answers for what it has itself.
    """
    bounded = prefixes - {EVERYTHING}
    of_ipv4 = collapse_addresses(one for one in bounded if isinstance(one, IPv4Network))
    of_ipv6 = collapse_addresses(one for one in bounded if isinstance(one, IPv6Network))
    whole: tuple[IpNetwork, ...] = (*of_ipv4, *of_ipv6)
    spans = [(int(one.network_address), int(one.broadcast_address)) for one in whole]
    firsts = [first for first, _ in spans]

    def apart(network: IpNetwork) -> bool:
        below = bisect_right(firsts, int(network.broadcast_address))
        return not below or spans[below - 1][1] < int(network.network_address)

    return tuple(
        (one, site)
        for one, site in _addressed(lab)
        if apart(one.address.network) and not (one.prefix == EVERYTHING and EVERYTHING in prefixes)
    )


def _barred(lab: EffectiveLab, here: CeOfSite, by: Attachment) -> Iterator[Check]:
    """What exists elsewhere and must not answer over an attachment: other VPNs' prefixes, and any core."""
    vrf = lab.lab.vrf(by.pe.node, by.vrf)
    after = (*pece.ce_prerequisites(lab, by), kernel.ip_forward_id(vrf.pe), vrf_table_id(vrf))
    foreign: dict[IpNetwork, tuple[Interface, Site | None]] = {}
    for one, site in _elsewhere(lab.lab, lab.prefixes_in(vrf)):
        if site is None or site != here.site:
            foreign.setdefault(one.address.network, (one, site))
    # Its LAN addresses may be another VPN's too: who gets a packet from its own address drops it unheard.
    source, gateway = by.ce_address.ip, by.pe_address.ip
    for net, (one, site) in foreign.items():
        probe = Probe(here.ce, source, one.address.ip, None, gateway=gateway)
        further = () if by is here.attachment else (by.pe,)
        whose = f"of the core ({one.node})" if site is None else f"of VPN {site.vpn}"
        yield Check(
            CheckId(Layer.DATA, "barred", here.ce, (net, *further)),
            f"{net} {whose} does not answer over {vrf.pe}",
            partial(judge_barred, probe=probe),
            after=after,
            why="The site sends this packet to its PE whatever its own table says: a PE that forwards it "
            "joins what must be apart.",
            hint=hint_command(
                lab.lab, vrf.pe, f"show {lab.lab.family.ip} route vrf {vrf.name} {probe.destination}"
            ),
            probes=(probe,),
        )


def _handed_over(everywhere: Iterable[CeOfSite], by_table: Iterable[Probe]) -> Iterator[Probe]:
    """What a place sends to its own VPN, once more and whatever its own table says, over each attachment."""
    destinations: defaultdict[str, dict[IpAddress, None]] = defaultdict(dict)
    for probe in by_table:
        destinations[probe.ce][probe.destination] = None
    for here in everywhere:
        for one in here.attachments:
            source, gateway = one.ce_address.ip, one.pe_address.ip
            for destination in destinations[here.ce]:
                yield Probe(here.ce, source, destination, None, gateway=gateway)


def _isolation(
    lab: EffectiveLab, talking: Collection[tuple[str, str]], probes: tuple[Probe, ...]
) -> Iterator[Check]:
    """What no place may hear; all of a VPN have the same strangers, most of the lab."""
    foreign_to: dict[frozenset[str], tuple[tuple[Probe, ...], tuple[CheckId, ...]]] = {}
    for here in places(lab):
        friends = {
            there.ce
            for there in places(lab)
            if there.site == here.site or (there.ce, here.ce) in talking or _has_route_to(lab, there, here)
        }
        strange = frozenset(there.ce for there in places(lab) if there.ce not in friends)
        if strange not in foreign_to:
            foreign_to[strange] = _foreign(lab, strange, probes)
        foreign, links = foreign_to[strange]
        if foreign:
            for node in (here.ce, *hosts.hosts_behind(lab, here.ce)):
                yield _isolated(lab, node, here, foreign, links)


def _foreign(
    lab: EffectiveLab, strange: frozenset[str], probes: tuple[Probe, ...]
) -> tuple[tuple[Probe, ...], tuple[CheckId, ...]]:
    """What strangers send, and the checks of the links that they send it over."""
    links = chain.from_iterable(_link_ids(lab, there) for there in places(lab) if there.ce in strange)
    senders = strange.union(*(hosts.hosts_behind(lab, ce) for ce in strange))
    return tuple(probe for probe in probes if probe.ce in senders), tuple(links)


@remembered
def _link_ids(lab: EffectiveLab, place: CeOfSite) -> tuple[CheckId, ...]:
    """The checks of the links that a place sends over."""
    ends = ((lab.lab.interface(one.pe), lab.lab.interface(one.ce)) for one in place.attachments)
    return tuple(one for pair in ends for one in link.sound_ids(lab, *pair))


def _isolated(
    lab: EffectiveLab, node: str, here: CeOfSite, foreign: tuple[Probe, ...], links: tuple[CheckId, ...]
) -> Check:
    return Check(
        CheckId(Layer.DATA, "isolation", node),
        "no packet of a site that may not talk to this one arrives",
        partial(judge_isolation, ce=node, foreign=foreign, lab=lab.lab),
        after=(*pece.ce_prerequisites(lab, here.attachment), *links),
        why="VPNs that use the same addresses are kept apart by labels alone; one wrong label and a "
        "customer's packet is delivered to another, who even answers.",
        hint=hint_command(lab.lab, here.pe, "show mpls table"),
        probes=foreign,
        unconditional=True,
    )


def _fate(flight: Flight) -> str:
    places = f"arrived at {listed(sorted(flight.arrived_at))}" if flight.arrived_at else "arrived nowhere"
    answer = "answered" if flight.answered else "no answer"
    return ", ".join(filter(None, (places, answer, flight.refusal)))


def judge_probe(facts: Facts, *, probe: Probe) -> Judgement:
    """The request arrives at the CE it is for and at no other, and its reply comes back."""
    flight = facts.flight(probe)
    return Judgement(
        flight.answered and flight.arrived_at == {probe.target},
        expected=f"arrived at {probe.target}, answered",
        observed=_fate(flight),
    )


def judge_barred(facts: Facts, *, probe: Probe) -> Judgement:
    """The request arrives nowhere and nobody answers.

    Raises:
        CouldNotLook: it was not sent, so nothing is proven.
    """
    flight = facts.flight(probe)
    if not flight.sent:
        raise CouldNotLook(f"{probe}: {flight.refusal}")
    return Judgement(
        not flight.answered and not flight.arrived_at,
        expected="arrived nowhere, no answer",
        observed=_fate(flight),
    )


def judge_isolation(facts: Facts, *, ce: str, foreign: tuple[Probe, ...], lab: Lab) -> Judgement:
    """Of all probes that other sites sent and that may not reach this one, none arrived.

    Those that a CE hands to its PE whatever its own table says must all have been sent.

    Raises:
        CouldNotLook: none arrived, but not all of them were sent, so nothing is proven.
    """
    sent, unsent, strays = 0, None, []
    for probe in foreign:
        flight = facts.flights.get(probe)
        if isinstance(flight, Flight) and flight.sent:
            sent += 1
            if ce in flight.arrived_at:
                strays.append(probe)
        elif unsent is None and probe.gateway is not None:
            unsent = probe
    expected = f"none of {sent} foreign probes arrives"
    if strays:
        hint = _let_in(lab, strays[0])
        return Judgement(holds=False, expected=expected, observed=f"arrived: {listed(strays)}", hint=hint)
    if unsent is not None:
        raise CouldNotLook(
            f"only {sent} of {len(foreign)} foreign probes were sent; {_why_unsent(facts, unsent)}"
        )
    return Judgement(holds=True, expected=expected, observed=f"none of {sent} foreign probes arrived")


def _let_in(lab: Lab, stray: Probe) -> str:
    """The command that shows by which route the PE of its sender sent a packet on."""
    ce = ce_of(lab.topology, stray.ce) if lab.node(stray.ce).role is Role.HOST else stray.ce
    by = next(one for _, one in lab.attachments_of(ce) if stray.gateway in {None, one.pe_address.ip})
    return hint_command(
        lab, by.pe.node, f"show {Family.of(stray.destination).ip} route vrf {by.vrf} {stray.destination}"
    )


def _why_unsent(facts: Facts, probe: Probe) -> str:
    try:
        return f"{probe}: {facts.flight(probe).refusal}"
    except CouldNotLook as lack:
        return str(lack)
