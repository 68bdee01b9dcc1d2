"""Whom a VRF learns routes from over a link of its own: a CE, or another provider's ASBR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.model.interconnect import Interconnect, back_to_back
from orchestrator.protocols.ids import asbr_ids
from orchestrator.protocols.registry import protocol_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.family import IpAddress
    from orchestrator.model.lab import Attachment, VpnPrefix, Vrf
    from orchestrator.model.topology import Endpoint
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import NextHop
    from orchestrator.verification.kit.check_id import CheckId


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One end of a link as the PE at the other end sees it.

    Attributes:
        node: a CE or an ASBR.
        port: of the PE.
        gateway: the address that the PE sends packets to.
    """

    node: str
    port: Endpoint
    gateway: IpAddress
    over: Attachment | Interconnect

    def ids(self, lab: EffectiveLab) -> tuple[CheckId, ...]:
        """The checks of both ends that its routes stand on: an end may not advertise (RFC 8212)."""
        if isinstance(self.over, Interconnect):
            return asbr_ids(self.over)
        spoken = protocol_of(self.over)
        return (*spoken.pe_prerequisites(lab, self.over), *spoken.ce_prerequisites(lab, self.over))


def at_attachment(one: Attachment) -> Neighbour:
    """The CE of an attachment."""
    return Neighbour(one.ce.node, one.pe, one.ce_address.ip, one)


def at_interconnect(one: Interconnect, asbr: str) -> Neighbour:
    """The ASBR that faces one of ours."""
    own, far = one.seen_from(asbr)
    return Neighbour(far.node, own.end, far.address.ip, one)


def neighbours_of(lab: EffectiveLab, vrf: Vrf) -> Iterator[Neighbour]:
    """All of a VRF, also those whose link is down."""
    for _, one in lab.lab.attachments_of(vrf.pe):
        if one.vrf == vrf.name:
            yield at_attachment(one)
    for link in back_to_back(lab.lab, vrf.pe, vrf.name):
        yield at_interconnect(link, vrf.pe)


def handed_to(hop: NextHop, pe: str) -> Neighbour | None:
    """Whom a PE hands packets to by a next hop of one of its VRFs; None where they stay in the core."""
    if hop.attachment is not None:
        return at_attachment(hop.attachment)
    return None if hop.interconnect is None else at_interconnect(hop.interconnect, pe)


def origin_neighbour(origin: VpnPrefix) -> Neighbour | None:
    """Whom a VRF has a prefix from; None for the endpoint of its sham links, which it has by itself."""
    if origin.attachment is not None:
        return at_attachment(origin.attachment)
    return None if origin.interconnect is None else at_interconnect(origin.interconnect, origin.vrf.pe)
