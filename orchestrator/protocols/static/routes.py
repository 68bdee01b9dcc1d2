"""Which static routes a PE and a CE have."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Final

from orchestrator.model.family import Family, by_number
from orchestrator.model.memory import remembered
from orchestrator.protocols.static.values import Static
from orchestrator.routing.routes import NextHop, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Attachment, Lab, Site
    from orchestrator.routing.routes import NetworkState, Routes


_DISTANCE: Final = 1
_EVERYTHING: Final[Mapping[Family, IpNetwork]] = {
    Family.IPV4: IPv4Network("0.0.0.0/0"),
    Family.IPV6: IPv6Network("::/0"),
}


def learnt(network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:  # noqa: ARG001 -- as of all protocols
    """What is configured, whatever the other side has, as long as the link carries."""
    for site, one in attachments(network.lab, table.node):
        ce, pe = Table.at_ce(one), Table.at_pe(one)
        if table not in (ce, pe):
            continue
        if not network.carries(network.lab.interface(one.pe if table == pe else one.ce)):
            continue
        prefixes = site.prefixes if table == pe else routes_on_ce(network.lab, one)
        hop = NextHop(RouteSource.PE_CE, ce if table == pe else pe, one)
        yield from (Route(prefix, Static.name, (hop,), Preference(_DISTANCE)) for prefix in prefixes)


@remembered
def routes_on_ce(lab: Lab, attachment: Attachment) -> tuple[IpNetwork, ...]:
    """The prefixes that a CE routes to its PE."""
    spoken = attachment.protocol
    if not isinstance(spoken, Static) or spoken.default:
        return (_EVERYTHING[lab.family],)
    vrf = lab.vrf(attachment.pe.node, attachment.vrf)
    own = {one.prefix for one in lab.interfaces_of(attachment.ce.node)}
    wanted = {one.prefix for other in (vrf, *lab.imported_into(vrf)) for one in lab.declared_in(other)}
    return tuple(sorted(wanted - own, key=by_number))


def attachments(lab: Lab, node: str) -> tuple[tuple[Site, Attachment], ...]:
    """The attachments of a PE or a CE that have static routes, with their sites."""
    return tuple((site, one) for site, one in lab.attachments_of(node) if isinstance(one.protocol, Static))
