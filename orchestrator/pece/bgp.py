"""BGP between PE and CE (RFC 4364 7): an eBGP session inside the VRF, an ordinary one on the CE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.model.lab import STANDARD
from orchestrator.model.pece import Bgp, OwnAs
from orchestrator.pece.contribution import Contribution
from orchestrator.pece.held import Held, Source, Table, Way

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.lab import Attachment, Lab, Site, Timers, Vrf
    from orchestrator.pece.held import Routes

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

    def learnt_by_pe(self, lab: Lab, attachment: Attachment, at_ce: Routes) -> Iterator[Held]:
        """The CE's BGP routes, but those that the PE itself told it or whose AS path has been here."""
        bgp = _spoken(attachment)
        provider = lab.provider_of(attachment.pe.node).asn
        mine = {prefix for site, one in lab.attachments_of(attachment.ce.node) for prefix in site.prefixes}
        for route in at_ce.values():
            in_bgp = route.protocol == "bgp" or (route.source is Source.OWN and route.prefix in mine)
            path = (bgp.asn, *route.as_path)
            allowed = _OWN_AS_ON_PE if bgp.transit else 0
            if in_bgp and not route.leads_over(attachment) and path.count(provider) <= allowed:
                way = Way(Source.PE_CE, Table.at_ce(attachment), attachment)
                yield _external(route, way, path)

    def learnt_by_ce(self, lab: Lab, attachment: Attachment, at_pe: Routes) -> Iterator[Held]:
        """The VRF's routes, but those that came from here or that the CE takes for a loop."""
        bgp = _spoken(attachment)
        provider = lab.provider_of(attachment.pe.node).asn
        for route in at_pe.values():
            override = bgp.own_as is OwnAs.AS_OVERRIDE
            inner = tuple(provider if override and asn == bgp.asn else asn for asn in route.as_path)
            path = (provider, *inner)
            allowed = _OWN_AS_ON_CE if bgp.own_as is OwnAs.ALLOWAS_IN else 0
            if not route.leads_over(attachment) and path.count(bgp.asn) <= allowed:
                way = Way(Source.PE_CE, Table.at_pe(attachment), attachment)
                yield _external(route, way, path)


def _spoken(attachment: Attachment) -> Bgp:
    assert isinstance(attachment.protocol, Bgp)  # noqa: S101 -- the registry gives each its own kind
    return attachment.protocol


def _external(route: Held, way: Way, path: tuple[int, ...]) -> Held:
    """An eBGP route: the shorter AS path wins, and at equal length eBGP before what is imported."""
    return Held(route.prefix, "bgp", (way,), (EXTERNAL_DISTANCE, len(path), 0), path)
