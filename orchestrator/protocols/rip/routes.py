"""Which routes RIP brings into a table: hop by hop, with split horizon (RFC 2453 3.4, 3.9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from orchestrator.protocols.redistribution import into_igp
from orchestrator.protocols.rip.links import attachments, lans, ports
from orchestrator.protocols.rip.values import Rip
from orchestrator.routing.routes import NextHop, PathAttributes, Preference, Route, RouteSource, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.model.family import IpNetwork
    from orchestrator.model.lab import Attachment
    from orchestrator.routing.routes import NetworkState, Routes

_DISTANCE: Final = 120
_INFINITY: Final = 16
_OWN: Final = 1  # hops to what is connected


@dataclass(frozen=True, slots=True)
class RipAttributes(PathAttributes):
    """What a RIP route carries: its MED is its hops; `tagged` if a PE brought it in from another protocol."""

    tagged: bool = field(kw_only=True)


def learnt(network: NetworkState, table: Table, held: Mapping[Table, Routes]) -> Iterator[Route]:
    """What the other ends of a table's attachments advertise; a PE leaves what carries the tag."""
    for one, _ in attachments(network.lab, table):
        if not network.exchanges(one):
            continue
        far = Table.at_ce(one) if table.vrf else Table.at_pe(one)
        hop = NextHop(RouteSource.PE_CE, far, one)
        for prefix, said in advertised(network, far, one, held).items():
            hops = said.med + 1
            if hops < _INFINITY and not (table.vrf and said.tagged):
                attributes = RipAttributes(med=hops, tagged=said.tagged)
                yield Route(prefix, Rip.name, (hop,), Preference(_DISTANCE, (hops,)), attributes)


def advertised(
    network: NetworkState, table: Table, over: Attachment, held: Mapping[Table, Routes]
) -> Mapping[IpNetwork, RipAttributes]:
    """What a table sends over an attachment: not what it has over it, nor the subnet of it."""
    found: dict[IpNetwork, RipAttributes] = {}
    vrf = network.lab.vrf(table.node, table.vrf) if table.vrf else None
    brought = into_igp(network.lab, vrf, Rip.name) if vrf is not None else ()
    metric = attachments(network.lab, table)[0][1].metric
    for prefix, route in held[table].items():
        if isinstance(route.attributes, RipAttributes):
            if not route.leads_over(over):
                found[prefix] = route.attributes
        elif route.protocol in brought:
            found[prefix] = RipAttributes(med=metric, tagged=True)
    running = {*ports(network.lab, table), *lans(network.lab, table)}
    for own in network.lab.interfaces_of(table.node):
        if own.name in running and network.carries(own):
            found[own.address.network] = RipAttributes(med=_OWN, tagged=False)
    found.pop(over.subnet, None)
    return found
