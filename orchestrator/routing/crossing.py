"""How VPNv4 routes get from a PE to another provider's by one link (RFC 4364 10 b and c).

With option B from ASBR to ASBR, which swap their labels; with option C from PE to PE or from reflector to
reflector, whose sessions, as their customers' packets, go by labelled routes that the ASBRs exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.interconnect import Option, agreed_targets
from orchestrator.model.memory import remembered
from orchestrator.routing.labelled import partners, reaches_asbr

if TYPE_CHECKING:
    from orchestrator.model.interconnect import Interconnect, PortOfAsbr
    from orchestrator.model.lab import Vrf
    from orchestrator.routing.routes import NetworkState


@dataclass(frozen=True, slots=True)
class Crossing:
    """The two ASBRs that packets pass, and with option B routes as well.

    Attributes:
        far: of the provider that exports a route.
        near: of the one that imports it.
    """

    link: Interconnect
    far: PortOfAsbr
    near: PortOfAsbr

    @property
    def by_labelled_routes(self) -> bool:
        """Whether the VPN's routes pass the ASBRs by, which know but the way to a PE (option C)."""
        return self.link.option is Option.C


@remembered
def crossing(network: NetworkState, reader: Vrf, origin: Vrf) -> Crossing | None:
    """How a VRF receives what another provider's exports; None in one provider, and where it does not."""
    lab = network.lab
    here, there = lab.provider_of(reader.pe), lab.provider_of(origin.pe)
    if here == there:
        return None
    for link in lab.interconnects:
        if link.option is Option.A or not network.interconnect_forwards(link):
            continue
        for far, near in link.ends:
            over = Crossing(link, far, near)
            if (
                lab.provider_of(far.node) == there
                and lab.provider_of(near.node) == here
                and agreed_targets(lab, link) & origin.exports
                and _passes(network, over, origin.pe, reader.pe)
            ):
                return over
    return None


def _passes(network: NetworkState, over: Crossing, origin: str, reader: str) -> bool:
    """Whether what a PE exports gets across, given that the link forwards."""
    if not over.by_labelled_routes:
        return network.receives_vpnv4(over.far.node, origin) and network.receives_vpnv4(
            reader, over.near.node
        )
    return (
        reaches_asbr(network, origin, over.far.node)
        and reaches_asbr(network, reader, over.near.node)
        and bool(partners(network, over, origin, reader))
    )


def receives_exports(network: NetworkState, reader: Vrf, origin: Vrf) -> bool:
    """Whether VPNv4 routes that one VRF exports get to another's PE, which may be the same."""
    if reader.pe == origin.pe:
        return True
    if network.lab.provider_of(reader.pe) == network.lab.provider_of(origin.pe):
        return network.receives_vpnv4(reader.pe, origin.pe)
    return crossing(network, reader, origin) is not None
