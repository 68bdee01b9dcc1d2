"""How VPNv4 routes get from a PE to another provider's: by ASBRs that swap their labels (RFC 4364 10 b)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.interconnect import Option, agreed_targets
from orchestrator.model.memory import remembered

if TYPE_CHECKING:
    from orchestrator.model.interconnect import Interconnect, PortOfAsbr
    from orchestrator.model.lab import Vrf
    from orchestrator.routing.routes import NetworkState


@dataclass(frozen=True, slots=True)
class Crossing:
    """The two ASBRs that a route passes.

    Attributes:
        far: of the provider that exports it.
        near: of the one that imports it.
    """

    link: Interconnect
    far: PortOfAsbr
    near: PortOfAsbr


@remembered
def crossing(network: NetworkState, reader: Vrf, origin: Vrf) -> Crossing | None:
    """How a VRF receives what another provider's exports; None in one provider, and where it does not."""
    lab = network.lab
    here, there = lab.provider_of(reader.pe), lab.provider_of(origin.pe)
    if here == there:
        return None
    for link in lab.interconnects:
        if link.option is not Option.B or not network.interconnect_forwards(link):
            continue
        for far, near in link.ends:
            if (
                lab.provider_of(far.node) == there
                and lab.provider_of(near.node) == here
                and agreed_targets(lab, link) & origin.exports
                and network.receives_vpnv4(far.node, origin.pe)
                and network.receives_vpnv4(reader.pe, near.node)
            ):
                return Crossing(link, far, near)
    return None


def receives_exports(network: NetworkState, reader: Vrf, origin: Vrf) -> bool:
    """Whether VPNv4 routes that one VRF exports get to another's PE, which may be the same."""
    if reader.pe == origin.pe:
        return True
    if network.lab.provider_of(reader.pe) == network.lab.provider_of(origin.pe):
        return network.receives_vpnv4(reader.pe, origin.pe)
    return crossing(network, reader, origin) is not None
