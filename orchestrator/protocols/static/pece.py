"""Static routes between PE and CE: no protocol at all, so nothing notices when the other side is gone."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from orchestrator.model.memory import remembered
from orchestrator.model.pece import Static
from orchestrator.protocols.agreement import End, Outcome, Setting
from orchestrator.protocols.contribution import Contribution
from orchestrator.routing.routes import NextHop, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.lab import Attachment, Lab, Site, Vrf
    from orchestrator.routing.routes import NetworkState, Routes

_DISTANCE: Final = 1
_EVERYTHING: Final = IPv4Network("0.0.0.0/0")


class StaticPeCe:
    """The PE routes the site's prefixes to the CE, the CE everything else to the PE."""

    daemons: Final = ("staticd",)

    def on_pe(self, lab: Lab, vrf: Vrf) -> Contribution:
        """Routes to the sites, redistributed into BGP and so exported."""
        routes = tuple(
            f" ip route {prefix} {attachment.ce_address.ip}"
            for site, attachment in _attachments(lab, vrf.pe)
            if attachment.vrf == vrf.name
            for prefix in site.prefixes
        )
        return Contribution(table=routes, unicast=("  redistribute static",) if routes else ())

    def on_ce(self, lab: Lab, ce: str) -> Contribution:
        """A default route to each PE, or a route for each prefix of the VPN."""
        return Contribution(
            table=tuple(
                f"ip route {prefix} {attachment.pe_address.ip}"
                for _, attachment in _attachments(lab, ce)
                for prefix in routes_on_ce(lab, attachment)
            )
        )

    def settings(self, lab: Lab, attachment: Attachment, end: End) -> tuple[Setting, ...]:  # noqa: ARG002 -- as of all
        """Nothing but the link: static routes know of no other end."""
        return ()

    def outcome(self, attachment: Attachment, different: frozenset[str]) -> Outcome:  # noqa: ARG002 -- as of all
        """Static routes stay whatever the other end has."""
        return Outcome.WORKS

    def learnt(self, network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:  # noqa: ARG002 -- it asks nobody
        """What is configured, whatever the other side has, as long as the link carries."""
        for site, one in _attachments(network.lab, table.node):
            ce, pe = Table.at_ce(one), Table.at_pe(one)
            if table not in (ce, pe):
                continue
            if not network.carries(network.lab.interface(one.pe if table == pe else one.ce)):
                continue
            prefixes = site.prefixes if table == pe else routes_on_ce(network.lab, one)
            way = NextHop(RouteSource.PE_CE, ce if table == pe else pe, one)
            yield from (Route(prefix, "static", (way,), Preference(_DISTANCE)) for prefix in prefixes)


@remembered
def routes_on_ce(lab: Lab, attachment: Attachment) -> tuple[IPv4Network, ...]:
    """The prefixes that a CE routes to its PE."""
    spoken = attachment.protocol
    if not isinstance(spoken, Static) or spoken.default:
        return (_EVERYTHING,)
    vrf = lab.vrf(attachment.pe.node, attachment.vrf)
    own = {one.address.network for one in lab.interfaces_of(attachment.ce.node)}
    wanted = {
        one.prefix
        for other in lab.vrfs
        if other == vrf or vrf.imports_from(other)
        for one in lab.declared_in(other)
    }
    return tuple(sorted(wanted - own))


def _attachments(lab: Lab, node: str) -> tuple[tuple[Site, Attachment], ...]:
    return tuple((site, one) for site, one in lab.attachments_of(node) if isinstance(one.protocol, Static))
