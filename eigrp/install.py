"""Which route to a destination the RIB should have: the best paths, as many as are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eigrp.dual import HERE_PEER
from eigrp.effects import Install
from eigrp.vpn import tag_of

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from eigrp.settings import ProcessSettings
    from eigrp.topology import Table


def wanted_route(table: Table, prefix: IPv4Network, settings: ProcessSettings) -> Install | None:
    """What the RIB should have of a destination; None where it is our own or not reached."""
    entry = table.entry(prefix)
    hops = entry.next_hops()
    route = entry.reported
    if not hops or HERE_PEER in hops or route is None:
        return None
    external = route.external
    plain_tag = external.tag if external else 0
    chosen = hops[: settings.maximum_paths]
    distance = settings.distance_internal if external is None else settings.distance_external
    # A route that came with the mark of an interface's own site was refused: this one got it there.
    sites = {settings.interfaces[hop.interface].site for hop in chosen}
    return Install(
        prefix,
        tuple((hop.interface, hop.address) for hop in chosen),
        table.distance(route)[1],
        distance,
        tag_of(route, sites) if settings.vpn.port else plain_tag,
    )
