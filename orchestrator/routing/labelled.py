"""Which labelled unicast routes arrive where (RFC 8277): inside a provider, and across option C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.labelled_unicast import labelled_peers, vpnv4_partners
from orchestrator.model.memory import remembered

if TYPE_CHECKING:
    from orchestrator.routing.crossing import Crossing
    from orchestrator.routing.routes import NetworkState


@remembered
def labelled_way(network: NetworkState, origin: str, reader: str) -> tuple[str, ...]:
    """The nodes by which labelled routes of one node get to another of its provider, both ends included.

    Directly, or over a route reflector, of several the first that does; nothing where they do not.
    """
    if origin == reader:
        return (origin,) if network.connected(origin, origin) else ()
    peers = [one.name for one in labelled_peers(network.lab, origin) if network.connected(origin, one.name)]
    if reader in peers:
        return (origin, reader)
    for reflector in peers:
        further = (one.name for one in labelled_peers(network.lab, reflector))
        if reader in further and network.connected(reflector, reader):
            return (origin, reflector, reader)
    return ()


def reaches_asbr(network: NetworkState, node: str, asbr: str) -> bool:
    """Whether labelled routes pass between a node and an ASBR of its provider."""
    return bool(labelled_way(network, node, asbr))


@remembered
def partners(network: NetworkState, over: Crossing, origin: str, reader: str) -> tuple[tuple[str, str], ...]:
    """The multihop VPNv4 sessions by which routes of one provider's PE get to another's.

    Each as the speaker of the exporting provider and that of the importing one. A session needs labelled
    routes to both its ends.
    """
    return tuple(
        (speaker, listener)
        for speaker in network.lab.provider_of(origin).nodes
        for listener in vpnv4_partners(network.lab, speaker)
        if (speaker == origin or network.receives_vpnv4(speaker, origin))
        and (listener == reader or network.receives_vpnv4(reader, listener))
        and session_stands(network, over, speaker, listener)
    )


def session_stands(network: NetworkState, over: Crossing, speaker: str, listener: str) -> bool:
    """Whether there are labelled routes between two VPNv4 speakers on either side of a link."""
    return reaches_asbr(network, speaker, over.far.node) and reaches_asbr(network, listener, over.near.node)
