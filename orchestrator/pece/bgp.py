"""BGP between PE and CE (RFC 4364 7): an eBGP session inside the VRF, an ordinary one on the CE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.lab import Bgp

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network

    from orchestrator.model.lab import Attachment, Lab, Timers, Vrf


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An eBGP neighbor as one side configures it; `timers` are the provider's, the same on both sides."""

    address: IPv4Address
    asn: int
    timers: Timers


@dataclass(frozen=True, slots=True)
class CustomerBgp:
    """The BGP instance of a CE: its AS, its sessions to PEs and the site's prefixes it originates."""

    asn: int
    neighbors: tuple[Neighbor, ...]
    networks: tuple[IPv4Network, ...]


def pe_neighbors(lab: Lab, vrf: Vrf) -> tuple[Neighbor, ...]:
    """The CEs that speak BGP with this VRF, in the order of their addresses."""
    return tuple(
        sorted(
            (
                Neighbor(attachment.ce_address.ip, attachment.protocol.asn, lab.provider_of(vrf.pe).timers)
                for attachment in _attachments(lab, vrf.pe)
                if attachment.vrf == vrf.name
            ),
            key=lambda neighbor: neighbor.address,
        )
    )


def customer_bgp(lab: Lab, ce: str) -> CustomerBgp | None:
    """What a CE runs towards its PEs; None for a CE without a BGP attachment.

    Raises:
        ValueError: its attachments give the CE two AS numbers, and a router has one.
    """
    attachments = _attachments(lab, ce)
    asns = sorted({attachment.protocol.asn for attachment in attachments})
    if not asns:
        return None
    if len(asns) > 1:
        raise ValueError(f"{ce}: AS numbers {asns[0]} and {asns[1]}, but a CE has one")
    neighbors = (
        Neighbor(
            attachment.pe_address.ip,
            lab.provider_of(attachment.pe.node).asn,
            lab.provider_of(attachment.pe.node).timers,
        )
        for attachment in attachments
    )
    networks = {prefix for site, _ in lab.attachments_of(ce) for prefix in site.prefixes}
    return CustomerBgp(
        asns[0],
        tuple(sorted(neighbors, key=lambda neighbor: neighbor.address)),
        tuple(sorted(networks)),
    )


def _attachments(lab: Lab, node: str) -> tuple[Attachment, ...]:
    return tuple(
        attachment for _, attachment in lab.attachments_of(node) if isinstance(attachment.protocol, Bgp)
    )
