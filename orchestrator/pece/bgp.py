"""BGP between PE and CE (RFC 4364 7): an eBGP session inside the VRF, an ordinary one on the CE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import STANDARD
from orchestrator.model.pece import Bgp, OwnAs
from orchestrator.pece.contribution import Contribution
from orchestrator.pece.held import Held, Source, Table, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.lab import Attachment, Lab, Provider, Site, Timers, Vrf
    from orchestrator.pece.held import Routes, Standing

EXTERNAL_DISTANCE: Final = 20
_OWN_AS_ON_CE: Final = 1  # how often a CE takes its own AS number in a path: the other site's is one
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
    """An attachment that speaks BGP, with what both ends must agree on."""

    site: Site
    attachment: Attachment
    bgp: Bgp
    provider_as: int
    timers: Timers


def sessions(lab: Lab, node: str) -> tuple[Session, ...]:
    """The PE-CE sessions of a PE or a CE, in the order of the neighbours' addresses."""
    found = [
        Session(site, one, one.protocol, provider.asn, provider.timers)
        for site, one in lab.attachments_of(node)
        if isinstance(one.protocol, Bgp)
        for provider in [lab.provider_of(one.pe.node)]
    ]
    at_pe = lab.node(node).role.in_provider
    return tuple(
        sorted(found, key=lambda one: (one.attachment.ce_address if at_pe else one.attachment.pe_address).ip)
    )


def customer_as(lab: Lab, ce: str) -> int | None:
    """The AS number of a CE; None for a CE that speaks no BGP."""
    return next((one.bgp.asn for one in sessions(lab, ce)), None)


def takes_own_as_back(lab: Lab, provider: Provider) -> int:
    """How often a provider's own AS number may stand in VPNv4 paths: what a hub hands back has been here.

    bgpd looks for loops in iBGP paths too, so without this no other PE takes what the hub's PE exports.
    """
    transit = (
        one.protocol.transit
        for site in lab.sites
        for one in site.attachments
        if isinstance(one.protocol, Bgp) and one.pe.node in provider.nodes
    )
    return _OWN_AS_ON_PE if any(transit) else 0


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
                for address in [one.attachment.ce_address.ip]
                for line in (
                    f" neighbor {address} remote-as {one.bgp.asn}",
                    *timer_lines(address, one.timers),
                )
            ),
            unicast=tuple(line for one in own for line in self._policy_on_pe(one)),
        )

    @staticmethod
    def _policy_on_pe(session: Session) -> Iterator[str]:
        address = session.attachment.ce_address.ip
        # FRR sends extended communities to everybody. A route target that a CE hands back, as a hub's does,
        # would be exported beside the VRF's own.
        yield f"  no neighbor {address} send-community extended"
        if session.bgp.own_as is OwnAs.AS_OVERRIDE:
            yield f"  neighbor {address} as-override"
        if session.bgp.transit:
            yield f"  neighbor {address} allowas-in {_OWN_AS_ON_PE}"

    def on_ce(self, lab: Lab, ce: str) -> Contribution:
        """Sessions of a CE, and the prefixes of its site, which it originates."""
        own = sessions(lab, ce)
        networks: dict[IPv4Network, None] = dict.fromkeys(
            sorted({prefix for one in own for prefix in one.site.prefixes})
        )
        return Contribution(
            bgp=tuple(
                line
                for one in own
                for address in [one.attachment.pe_address.ip]
                for line in (
                    f" neighbor {address} remote-as {one.provider_as}",
                    *timer_lines(address, one.timers),
                )
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

    def learnt(self, network: Standing, table: Table, held: Mapping[Table, Routes]) -> Iterator[Held]:
        """What the neighbours of a table's sessions tell it."""
        for one in sessions(network.lab, table.node):
            ce, pe = Table.at_ce(one.attachment), Table.at_pe(one.attachment)
            if table in (ce, pe) and network.stands(one.attachment):
                yield from _told_by_pe(one, held[pe]) if table == ce else _told_by_ce(one, held[ce])


def _told_by_ce(session: Session, at_ce: Routes) -> Iterator[Held]:
    """The CE's BGP routes, but those that the PE itself told it or whose AS path has been here."""
    allowed = _OWN_AS_ON_PE if session.bgp.transit else 0
    way = Way(Source.PE_CE, Table.at_ce(session.attachment), session.attachment)
    for chosen in at_ce.values():
        originated = chosen.source is Source.OWN and chosen.prefix in session.site.prefixes
        # A connected network that the CE does not originate is none of bgpd's: it tells what it heard of it.
        route = chosen if originated or chosen.protocol == "bgp" else chosen.in_bgp
        if route is None or route.learnt_over(session.attachment):
            continue
        path = (session.bgp.asn, *route.as_path)
        if path.count(session.provider_as) <= allowed:
            yield _external(route, way, path)


def _told_by_pe(session: Session, at_pe: Routes) -> Iterator[Held]:
    """The VRF's routes, but those that came from here or that the CE takes for a loop."""
    own = session.bgp.asn
    replaced = own if session.bgp.own_as is OwnAs.AS_OVERRIDE else None
    allowed = _OWN_AS_ON_CE if session.bgp.own_as is OwnAs.ALLOWAS_IN else 0
    way = Way(Source.PE_CE, Table.at_pe(session.attachment), session.attachment)
    for route in at_pe.values():
        inner = tuple(session.provider_as if asn == replaced else asn for asn in route.as_path)
        path = (session.provider_as, *inner)
        if not route.learnt_over(session.attachment) and path.count(own) <= allowed:
            yield _external(route, way, path)


def _external(route: Held, way: Way, path: tuple[int, ...]) -> Held:
    """An eBGP route: the shorter AS path wins, and at equal length eBGP before what is imported."""
    return Held(route.prefix, "bgp", (way,), (EXTERNAL_DISTANCE, len(path), 0, 0), path)
