"""BGP between PE and CE (RFC 4364 7): an eBGP session inside the VRF, an ordinary one on the CE."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.core.bfd import watched
from orchestrator.model.lab import STANDARD
from orchestrator.model.memory import remembered
from orchestrator.model.pece import Bgp, OwnAs
from orchestrator.protocols.agreement import End, Outcome, Setting
from orchestrator.protocols.contribution import Contribution
from orchestrator.routing.routes import NextHop, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.lab import Attachment, Backdoor, Lab, Provider, Site, Timers, Vrf
    from orchestrator.routing.routes import NetworkState, Routes

EXTERNAL_DISTANCE: Final = 20
INTERNAL_DISTANCE: Final = 200
_FAVOURED, _UNFAVOURED, _LAST = -1, 0, 1  # by local preference: 200 before 100, and that before 50
_PREPENDED: Final = 3
_FROM_PE, _TO_PE, _FROM_BACKDOOR, _BACKDOOR = "from-pe", "to-pe", "from-backdoor", "backdoor"
_BACKUP_IN, _BACKUP_OUT = "backup-in", "backup-out"
_OWN_PREFIXES, _VPN_PREFIXES = "own-prefixes", "vpn-prefixes"
_FROM_CE: Final = "from-ce"
_OWN_AS_ON_CE: Final = 1  # how often a CE takes its own AS number in a path: the other site's is one
_CUSTOMER_AS, _PROVIDER_AS, _AUTHENTICATION = "customer AS", "provider AS", "authentication"
_NEEDED: Final = frozenset({_CUSTOMER_AS, _PROVIDER_AS, _AUTHENTICATION})
_OWN_AS_ON_PE: Final = 2  # and a PE from a hub: its own number, and one that as-override put there


def timer_lines(address: IPv4Address, timers: Timers) -> tuple[str, ...]:
    """Timers of a BGP neighbor, as far as they are not FRR's defaults."""
    lines = []
    if (timers.bgp_keepalive, timers.bgp_hold) != (STANDARD.bgp_keepalive, STANDARD.bgp_hold):
        lines.append(f" neighbor {address} timers {timers.bgp_keepalive} {timers.bgp_hold}")
    if timers.bgp_connect != STANDARD.bgp_connect:
        lines.append(f" neighbor {address} timers connect {timers.bgp_connect}")
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Session:
    """An attachment that speaks BGP, as one of its ends has it."""

    site: Site
    attachment: Attachment
    bgp: Bgp
    provider_as: int
    timers: Timers


@remembered
def sessions(lab: Lab, node: str) -> tuple[Session, ...]:
    """The PE-CE sessions of a PE or a CE, in the order of the neighbours' addresses."""
    at_pe = lab.node(node).role.in_provider
    found = [
        Session(site, one, spoken, provider.asn, _timers(provider.timers, spoken))
        for site, one in lab.attachments_of(node)
        for spoken in [(End.PE if at_pe else End.CE).spoken(one)]
        if isinstance(spoken, Bgp)
        for provider in [lab.provider_of(one.pe.node)]
    ]
    return tuple(
        sorted(found, key=lambda one: (one.attachment.ce_address if at_pe else one.attachment.pe_address).ip)
    )


def _timers(usual: Timers, bgp: Bgp) -> Timers:
    keepalive, hold = bgp.intervals(usual)
    return replace(usual, bgp_keepalive=keepalive, bgp_hold=hold)


def _neighbor_lines(address: IPv4Address, asn: int, session: Session) -> tuple[str, ...]:
    password = session.bgp.password
    return (
        f" neighbor {address} remote-as {asn}",
        *watched(session.bgp.bfd, f" neighbor {address} bfd"),
        *((f" neighbor {address} password {password}",) if password else ()),
        *timer_lines(address, session.timers),
    )


def customer_as(lab: Lab, ce: str) -> int | None:
    """The AS number of a CE; None for a CE that speaks no BGP."""
    return next((one.bgp.asn for one in sessions(lab, ce)), None)


def takes_own_as_back(lab: Lab, provider: Provider) -> int:
    """How often a provider's own AS number may stand in VPNv4 paths: what a hub hands back has been here.

    bgpd looks for loops in iBGP paths too, so without this no other PE takes what the hub's PE exports.
    """
    transit = (
        _hands_back(lab, site, one)
        for site in lab.sites
        for one in site.attachments
        if one.pe.node in provider.nodes
    )
    return _OWN_AS_ON_PE if any(transit) else 0


@remembered
def _hands_back(lab: Lab, site: Site, attachment: Attachment) -> bool:
    """Whether a transit site gives a provider's routes back to it, rather than to another provider."""
    spoken, provider = attachment.protocol, lab.provider_of(attachment.pe.node)
    others = (one for one in site.attachments if one != attachment)
    return isinstance(spoken, Bgp) and spoken.transit and any(one.pe.node in provider.nodes for one in others)


@remembered
def offered(lab: Lab, session: Session) -> frozenset[IPv4Network] | None:
    """What a CE of several providers tells one of them; None for a CE of one, which tells all it has.

    No AS path keeps one provider's routes from the next: each site at both would be transit, for anything.
    So a site offers its own prefixes, and one that is `transit` those of its VPN.
    """
    ce = session.attachment.ce.node
    if len({lab.provider_of(one.pe.node) for _, one in lab.attachments_of(ce)}) == 1:
        return None
    if not session.bgp.transit:
        return frozenset(session.site.prefixes)
    mine = (site for site in lab.sites if site.vpn == session.site.vpn)
    return frozenset(prefix for site in mine for prefix in site.prefixes)


@remembered
def backdoor_sessions(lab: Lab, node: str) -> tuple[Backdoor, ...]:
    """The backdoors of a CE over which it speaks BGP."""
    return tuple(
        one
        for one in lab.backdoors_of(node)
        if customer_as(lab, one.a.node) is not None and customer_as(lab, one.b.node) is not None
    )


def told_in_vain(lab: Lab, vrf: Vrf, held: Mapping[Table, Routes]) -> frozenset[IPv4Network]:
    """What CEs of several providers may tell a VRF although it has better: they have it from elsewhere.

    FRR (seen with 10.3) exports a path from a CE also where the VRF prefers an imported one. Which of two
    equally good providers a CE uses, and so tells the other, is not known.
    """
    return frozenset(
        prefix
        for one in sessions(lab, vrf.pe)
        if one.attachment.vrf == vrf.name
        for prefix in offered(lab, one) or ()
        for route in [held[Table.at_ce(one.attachment)].get(prefix)]
        if route is not None and any(way.attachment != one.attachment for way in route.ways)
    )


def settings(customer: int, provider: int, password: str | None) -> tuple[Setting, ...]:
    """What the two ends of a session must be set to alike."""
    return (
        Setting(_CUSTOMER_AS, str(customer)),
        Setting(_PROVIDER_AS, str(provider)),
        Setting(_AUTHENTICATION, "by a password (MD5)" if password else "none", password or ""),
    )


class BgpPeCe:
    """eBGP inside a VRF."""

    daemons: Final = ("bgpd",)

    def on_pe(self, lab: Lab, vrf: Vrf) -> Contribution:
        """Sessions of a VRF."""
        own = [one for one in sessions(lab, vrf.pe) if one.attachment.vrf == vrf.name]
        return Contribution(
            bgp=tuple(
                line
                for one in own
                for line in _neighbor_lines(one.attachment.ce_address.ip, one.bgp.asn, one)
            ),
            unicast=tuple(line for one in own for line in self._policy_on_pe(lab, one)),
            blocks=((f"route-map {_FROM_CE} permit 10", " set extcommunity none", "exit"),) if own else (),
        )

    @staticmethod
    def _policy_on_pe(lab: Lab, session: Session) -> Iterator[str]:
        address = session.attachment.ce_address.ip
        # FRR sends extended communities to everybody. A route target that a CE hands back, as a hub's does,
        # would be exported beside the VRF's own.
        yield f"  no neighbor {address} send-community extended"
        if (mark := lab.site_of_origin(session.site)) is not None:
            yield f"  neighbor {address} soo {mark}"
        if session.bgp.own_as is OwnAs.AS_OVERRIDE:
            yield f"  neighbor {address} as-override"
        if _hands_back(lab, session.site, session.attachment):
            yield f"  neighbor {address} allowas-in {_OWN_AS_ON_PE}"
        # And takes them from everybody: a CE that attaches another VPN's route target would be in that VPN.
        # The site of origin is not lost by it: bgpd adds it behind the route-map.
        yield f"  neighbor {address} route-map {_FROM_CE} in"

    def on_ce(self, lab: Lab, ce: str) -> Contribution:
        """Sessions of a CE, and the prefixes of its site, which it originates."""
        own = sessions(lab, ce)
        networks: dict[IPv4Network, None] = dict.fromkeys(
            sorted({prefix for one in own for prefix in one.site.prefixes})
        )
        return (
            self._backdoors(lab, ce)
            + self._between_providers(lab, ce)
            + self._backup(lab, ce)
            + Contribution(
                bgp=tuple(
                    line
                    for one in own
                    for line in _neighbor_lines(one.attachment.pe_address.ip, one.provider_as, one)
                ),
                unicast=(
                    *(f"  network {network}" for network in networks),
                    *(
                        f"  neighbor {one.attachment.pe_address.ip} allowas-in {_OWN_AS_ON_CE}"
                        for one in own
                        if one.bgp.own_as is OwnAs.ALLOWAS_IN
                    ),
                ),
            )
        )

    @staticmethod
    def _between_providers(lab: Lab, ce: str) -> Contribution:
        """What each of several providers is told, as a prefix list."""
        told = {one: offered(lab, one) for one in sessions(lab, ce)}
        lists = {
            _VPN_PREFIXES if one.bgp.transit else _OWN_PREFIXES: sorted(prefixes)
            for one, prefixes in told.items()
            if prefixes is not None
        }
        return Contribution(
            unicast=tuple(
                f"  neighbor {one.attachment.pe_address.ip} prefix-list "
                f"{_VPN_PREFIXES if one.bgp.transit else _OWN_PREFIXES} out"
                for one, prefixes in told.items()
                if prefixes is not None
            ),
            blocks=tuple(
                (f"ip prefix-list {name} seq {5 * number} permit {prefix}",)
                for name, prefixes in lists.items()
                for number, prefix in enumerate(prefixes, 1)
            ),
        )

    @staticmethod
    def _backup(lab: Lab, ce: str) -> Contribution:
        """What comes over a backup attachment is taken last, and what goes over it looks long from afar."""
        pes = [one.attachment.pe_address.ip for one in sessions(lab, ce) if one.bgp.backup]
        if not pes:
            return Contribution()
        prepended = " ".join([str(customer_as(lab, ce))] * _PREPENDED)
        return Contribution(
            unicast=tuple(
                f"  neighbor {pe} route-map {name} {way}"
                for pe in pes
                for name, way in ((_BACKUP_IN, "in"), (_BACKUP_OUT, "out"))
            ),
            blocks=(
                (f"route-map {_BACKUP_IN} permit 10", " set local-preference 50", "exit"),
                (f"route-map {_BACKUP_OUT} permit 10", f" set as-path prepend {prepended}", "exit"),
            ),
        )

    @staticmethod
    def _backdoors(lab: Lab, ce: str) -> Contribution:
        """The provider's routes first; what came over the backdoor is tagged, and made long towards the PE.

        Local preference and site of origin alone leave both sites on the backdoor for good: the PE would
        prefer the CE's copy, being eBGP's, and the mark would keep the VPN's copy from the CE.
        """
        backdoors, asn = backdoor_sessions(lab, ce), customer_as(lab, ce)
        if not backdoors or asn is None:
            return Contribution()
        timers = sessions(lab, ce)[0].timers
        far = [(backdoor.far_end(ce)[0].node, backdoor.far_end(ce)[1].ip) for backdoor in backdoors]
        pes = [one.attachment.pe_address.ip for one in sessions(lab, ce)]
        community = f"{asn & 0xFFFF}:99"
        return Contribution(
            bgp=tuple(
                line
                for node, address in far
                for line in (
                    f" neighbor {address} remote-as {customer_as(lab, node)}",
                    *timer_lines(address, timers),
                )
            ),
            unicast=tuple(
                line
                for node, address in far
                for line in (
                    *((f"  neighbor {address} next-hop-self",) if customer_as(lab, node) == asn else ()),
                    f"  neighbor {address} route-map {_FROM_BACKDOOR} in",
                )
            )
            + tuple(
                f"  neighbor {address} route-map {name} {way}"
                for address in pes
                for name, way in ((_FROM_PE, "in"), (_TO_PE, "out"))
            ),
            blocks=(
                (f"bgp community-list standard {_BACKDOOR} seq 5 permit {community}",),
                (f"route-map {_FROM_PE} permit 10", " set local-preference 200", "exit"),
                (
                    f"route-map {_FROM_BACKDOOR} permit 10",
                    f" set community {community}",
                    " set local-preference 100",
                    "exit",
                ),
                (
                    f"route-map {_TO_PE} permit 10",
                    f" match community {_BACKDOOR}",
                    f" set as-path prepend {' '.join([str(asn)] * _PREPENDED)}",
                    f" set comm-list {_BACKDOOR} delete",
                    "exit",
                ),
                (f"route-map {_TO_PE} permit 20", "exit"),
            ),
        )

    def settings(self, lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:
        """Both AS numbers (RFC 4271 6.2) and the password (RFC 2385); hold times are negotiated."""
        bgp = end.spoken(attachment)
        if not isinstance(bgp, Bgp):
            return ()
        provider_as = lab.provider_of(attachment.pe.node).asn
        return settings(bgp.asn, provider_as, bgp.password)

    def outcome(self, attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG002 -- as of all
        """The link's own parameters do not matter to the session: its packets are small and cross one hop."""
        return Outcome.NO_SESSION if different & _NEEDED else Outcome.WORKS

    def learnt(self, network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
        """What the neighbours of a table's sessions tell it."""
        for one in sessions(network.lab, table.node):
            ce, pe = Table.at_ce(one.attachment), Table.at_pe(one.attachment)
            if table in (ce, pe) and network.exchanges(one.attachment):
                yield from (
                    _told_by_pe(network.lab, one, held[pe])
                    if table == ce
                    else _told_by_ce(network.lab, one, held[ce])
                )
        for backdoor in backdoor_sessions(network.lab, table.node):
            if network.joins(backdoor):
                far, _ = backdoor.far_end(table.node)
                yield from _told_by_other_ce(network.lab, backdoor, table.node, held[Table(far.node)])


def _told_by_ce(lab: Lab, session: Session, at_ce: Routes) -> Iterator[Route]:
    """The CE's BGP routes, but those that the PE itself told it or whose AS path has been here."""
    allowed = _OWN_AS_ON_PE if _hands_back(lab, session.site, session.attachment) else 0
    offers = offered(lab, session)
    way = NextHop(RouteSource.PE_CE, Table.at_ce(session.attachment), session.attachment)
    for chosen in at_ce.values():
        originated = chosen.source is RouteSource.OWN and chosen.prefix in session.site.prefixes
        # A connected network that the CE does not originate is none of bgpd's: it tells what it heard of it.
        route = chosen if originated or chosen.protocol == "bgp" else chosen.in_bgp
        if route is None or route.learnt_over(session.attachment):
            continue
        if offers is not None and route.prefix not in offers:
            continue
        detour = _PREPENDED if session.bgp.backup or route.source is RouteSource.BACKDOOR else 0
        path = (session.bgp.asn,) * (1 + detour) + route.as_path
        if path.count(session.provider_as) <= allowed:
            yield replace(_external(route, way, path), site_of_origin=lab.site_of_origin(session.site))


def _told_by_pe(lab: Lab, session: Session, at_pe: Routes) -> Iterator[Route]:
    """The VRF's routes, but those that came from here or that the CE takes for a loop."""
    own = session.bgp.asn
    replaced = own if session.bgp.own_as is OwnAs.AS_OVERRIDE else None
    allowed = _OWN_AS_ON_CE if session.bgp.own_as is OwnAs.ALLOWAS_IN else 0
    way = NextHop(RouteSource.PE_CE, Table.at_pe(session.attachment), session.attachment)
    # The mark keeps a site's routes from coming back to it, whatever the AS path says.
    mine = lab.site_of_origin(session.site)
    favour = _FAVOURED if lab.backdoors_of(session.attachment.ce.node) else _UNFAVOURED
    favour = _LAST if session.bgp.backup else favour
    for chosen in at_pe.values():
        # What a route map keeps from bgpd it can't tell; it may have another path of its own.
        route = chosen.in_bgp if chosen.not_exported else chosen
        if route is None or (mine is not None and route.site_of_origin == mine):
            continue
        inner = tuple(session.provider_as if asn == replaced else asn for asn in route.as_path)
        path = (session.provider_as, *inner)
        if not route.learnt_over(session.attachment) and path.count(own) <= allowed:
            yield _external(route, way, path, favour)


def _told_by_other_ce(lab: Lab, backdoor: Backdoor, ce: str, at_far: Routes) -> Iterator[Route]:
    """What the CE at the other end of a backdoor has in BGP, but what it has over the backdoor itself."""
    far = backdoor.far_end(ce)[0].node
    own, other = customer_as(lab, ce), customer_as(lab, far)
    prefixes = {prefix for site, _ in lab.attachments_of(far) for prefix in site.prefixes}
    way = NextHop(RouteSource.BACKDOOR, Table(far), backdoor=backdoor)
    for chosen in at_far.values():
        originated = chosen.source is RouteSource.OWN and chosen.prefix in prefixes
        route = chosen if originated or chosen.protocol == "bgp" else chosen.in_bgp
        if route is None or route.source is RouteSource.BACKDOOR or own is None or other is None:
            continue
        internal = own == other
        path = route.as_path if internal else (other, *route.as_path)
        if own not in path:
            distance = INTERNAL_DISTANCE if internal else EXTERNAL_DISTANCE
            rank = Preference(distance, (_UNFAVOURED, len(path), 0, int(internal)))
            yield Route(route.prefix, "bgp", (way,), rank, path)


def _external(route: Route, way: NextHop, path: tuple[int, ...], favour: int = _UNFAVOURED) -> Route:
    """An eBGP route: the shorter AS path wins, and at equal length eBGP before what is imported."""
    rank = Preference(EXTERNAL_DISTANCE, (favour, len(path), 0, 0))
    return Route(route.prefix, "bgp", (way,), rank, path)
